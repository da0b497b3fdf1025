import { testGuarantees } from './guarantees.ts';
import { OUTBOX } from './scenarios.ts';

testGuarantees(OUTBOX, { seeds: 300, everyStepOf: [1, 7] });
