import type { Fault } from '../trial.ts';
import { CLICKHOUSE_FAULTS } from './clickhouse.ts';
import { KAFKA_FAULTS } from './kafka.ts';
import { KILLS } from './kills.ts';
import { INSERT_MOMENTS, SEND_MOMENTS } from './moments.ts';
import { REBALANCES } from './rebalance.ts';
import { SENDER_FAULTS } from './senders.ts';

/** Every fault that the suite knows, in the order of its table. */
export const FAULTS: readonly Fault[] = [
  ...KILLS,
  ...SEND_MOMENTS,
  ...INSERT_MOMENTS,
  ...REBALANCES,
  ...KAFKA_FAULTS,
  ...CLICKHOUSE_FAULTS,
  ...SENDER_FAULTS,
];
