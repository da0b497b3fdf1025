import type { Supervised } from '../parts.ts';
import type { Fault, Stage } from '../trial.ts';
import { acknowledge, at } from './during.ts';

const SHARED_EVENTS = 40;

/** Has a second consumer join, and something happen when the group is asked to make place for it. */
function whileJoining(name: string, act: (stage: Stage, second: Supervised | undefined) => void): Fault {
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
      let second: Supervised | undefined;
      const joining = pipeline.secondConsumer().then((started) => {
        second = started;
      });
      await at(sync, () => act(stage, second));
      await joining;
      await acknowledge(sender, SHARED_EVENTS);
      await second?.stop();
    },
  };
}

export const REBALANCES: readonly Fault[] = [
  whileJoining('a second consumer joins and leaves', () => {}),
  whileJoining('the first consumer killed during a rebalance', ({ pipeline }) =>
    pipeline.parts.consumer.kill(),
  ),
  whileJoining('Kafka killed during a rebalance', ({ pipeline }) => pipeline.parts.kafka.kill()),
  {
    name: 'one of two consumers killed',
    inject: async ({ pipeline, sender }) => {
      const second = await pipeline.secondConsumer();
      await acknowledge(sender, SHARED_EVENTS);
      pipeline.parts.consumer.kill();
      await acknowledge(sender, SHARED_EVENTS);
      await second.stop();
    },
  },
];
