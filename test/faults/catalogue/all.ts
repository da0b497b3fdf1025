import type { Fault } from '../trial.ts';
import { CONTENT_FAULTS } from './content.ts';
import { FULL_FAULTS } from './full.ts';
import { INSERT_FAULTS } from './inserts.ts';
import { KILLS } from './kills.ts';
import { INSERT_MOMENTS, SEND_MOMENTS } from './moments.ts';
import { NETWORK_FAULTS } from './network.ts';
import { REBALANCES } from './rebalance.ts';
import { SENDER_FAULTS } from './senders.ts';
import { SHARD_FAULTS } from './shards.ts';

/** Every fault that the suite knows, in the order of its table. */
export const FAULTS: readonly Fault[] = [
  ...KILLS,
  ...SEND_MOMENTS,
  ...INSERT_MOMENTS,
  ...REBALANCES,
  ...NETWORK_FAULTS,
  ...FULL_FAULTS,
  ...INSERT_FAULTS,
  ...CONTENT_FAULTS,
  ...SENDER_FAULTS,
  ...SHARD_FAULTS,
];
