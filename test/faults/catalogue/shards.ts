import type { Fault } from '../trial.ts';
import { acknowledge } from './during.ts';

const MOST_SHARDS = 6;
const CHANGES = 3;
const EVENTS_BETWEEN = 40;

/** Every event that the sender redelivers meanwhile must be known, by whichever layout it was kept. */
const otherShards: Fault = {
  name: 'the Worker killed and started with another OUTBOX_SHARDS',
  inject: async ({ pipeline, random, sender }) => {
    let changed = 0;
    for (let change = 0; change < CHANGES; change++) {
      pipeline.setShards(random.int(1, MOST_SHARDS));
      if (await pipeline.parts.worker.kill()) changed++;
      await acknowledge(sender, EVENTS_BETWEEN);
    }
    return changed;
  },
};

export const SHARD_FAULTS: readonly Fault[] = [otherShards];
