import { testGuarantees } from './guarantees.ts';
import { CONSUMER } from './scenarios.ts';

testGuarantees(CONSUMER, { seeds: 200, everyStepOf: [25] });
