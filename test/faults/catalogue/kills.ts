import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Stage } from '../trial.ts';

type PartName = keyof Stage['pipeline']['parts'];

const PARTS: readonly PartName[] = ['worker', 'kafka', 'clickhouse', 'consumer'];
const TITLES = { worker: 'the Worker', kafka: 'Kafka', clickhouse: 'ClickHouse', consumer: 'the consumer' };
const LATEST_MS = 1_500;
const STORM = { kills: 5, apartMs: 1_500 };

/** `kill -9` at a random moment of one part, or of two at once. */
function killOf(...names: PartName[]): Fault {
  return {
    name: `kill -9 of ${names.map((name) => TITLES[name]).join(' and ')}`,
    inject: async ({ pipeline, random }) => {
      await pause(random.int(0, LATEST_MS));
      const killed = await Promise.all(names.map((name) => pipeline.parts[name].kill()));
      return killed.every(Boolean) ? 1 : 0;
    },
  };
}

const storm: Fault = {
  name: `kill -9 of parts at random, ${STORM.kills} times in a row`,
  inject: async ({ pipeline, random }) => {
    let killed = 0;
    for (let kill = 0; kill < STORM.kills; kill++) {
      if (await pipeline.parts[random.pick(PARTS)].kill()) killed++;
      await pause(random.int(0, STORM.apartMs));
    }
    return killed;
  },
};

const pairs = PARTS.flatMap((one, index) => PARTS.slice(index + 1).map((other) => killOf(one, other)));

export const KILLS: readonly Fault[] = [...PARTS.map((name) => killOf(name)), ...pairs, storm];
