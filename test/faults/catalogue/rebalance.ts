import type { Fault, Stage } from '../trial.ts';
import { acknowledge, at } from './during.ts';

const SHARED_EVENTS = 40;

/** Has a second consumer join, and something happen when the group shares the partitions out anew. */
function whileJoining(name: string, act: (stage: Stage) => Promise<boolean> | boolean): Fault {
  return {
    name,
    inject: async (stage) => {
      const { pipeline, sender } = stage;
      const sync = pipeline.proxies.kafka.trap({
        at: 'request',
        api: 'syncGroup',
        client: 'consumer',
        hold: false,
      });
      const [injected, second] = await Promise.all([at(sync, () => act(stage)), pipeline.secondConsumer()]);
      await acknowledge(sender, SHARED_EVENTS);
      await second.stop();
      return injected;
    },
  };
}

export const REBALANCES: readonly Fault[] = [
  whileJoining('a second consumer joins and leaves', () => true),
  whileJoining('the first consumer killed during a rebalance', ({ pipeline }) =>
    pipeline.parts.consumer.kill(),
  ),
  whileJoining('Kafka killed during a rebalance', ({ pipeline }) => pipeline.parts.kafka.kill()),
  {
    name: 'one of two consumers killed',
    inject: async ({ pipeline, sender }) => {
      const second = await pipeline.secondConsumer();
      await acknowledge(sender, SHARED_EVENTS);
      const killed = await pipeline.parts.consumer.kill();
      await acknowledge(sender, SHARED_EVENTS);
      await second.stop();
      return killed ? 1 : 0;
    },
  },
];
