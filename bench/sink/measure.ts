import { join } from 'node:path';
import { Progress } from '../../consumer/cli/progress.ts';
import type { Parts } from '../parts.ts';
import type { Store } from '../store.ts';
import { publish } from './backlog.ts';
import { checkSame, checkWhole } from './check.ts';
import { engine, tunedEngine } from './kafka-engine/contender.ts';
import { ours, oursRowsAlone } from './ours.ts';
import { rawInsert } from './raw-insert/contender.ts';
import { encode } from './raw-insert/encode.ts';
import type { Content } from './tables.ts';
import { type Asked, type Turn, takeTurn } from './turn.ts';
import { usualLoop } from './usual-loop/contender.ts';

/** Measured at other sizes, too. */
export const GROWING = [ours, engine, tunedEngine];

/** What is to be measured. */
export interface Plan {
  /** So many wait while the contenders take turns. */
  readonly events: number;
  readonly rounds: number;
  /** Other numbers of waiting events, each drained once. */
  readonly sizes: readonly number[];
  /** For so long ClickHouse hangs in a turn of ours at the end; 0 for no such turn. */
  readonly hangMs: number;
}

/** Every turn that was taken. */
export interface Turns {
  /** The contenders' turns of each round, by turns first. */
  readonly rounds: readonly (readonly Turn[])[];
  /** Of ours and of the Kafka engine, where other numbers of events wait. */
  readonly growth: readonly Turn[];
  /** Of ours, while ClickHouse hung in between. */
  readonly hanging: Turn | undefined;
}

/** Takes turns on the same topics. */
export class Measurement {
  readonly #parts: Parts;
  /** By the number of events: what stood after the first turn must stand after every other. */
  readonly #contents = new Map<number, readonly Content[]>();
  #published = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws CommandError when a contender does not store what the others do */
  async take({ events, rounds, sizes, hangMs }: Plan): Promise<Turns> {
    const growth: Turn[] = [];
    for (const size of sizes.filter((each) => each < events)) growth.push(...(await this.#growth(size)));
    await this.#publishTo(events);
    const taken: Turn[][] = [];
    for (let round = 0; round < rounds; round++) taken.push(await this.#round(events, round));
    const hanging = hangMs > 0 ? await this.#turn({ contender: ours, events, hangMs }) : undefined;
    for (const size of sizes.filter((each) => each > events)) growth.push(...(await this.#growth(size)));
    return { rounds: taken, growth, hanging };
  }

  async #growth(size: number): Promise<Turn[]> {
    await this.#publishTo(size);
    const turns: Turn[] = [];
    for (const contender of GROWING) turns.push(await this.#turn({ contender, events: size }));
    return turns;
  }

  /** One turn of each; another one begins each time, so that the machine's drift is nobody's. */
  async #round(events: number, round: number): Promise<Turn[]> {
    const blocks = join(this.#parts.processes.dir, 'blocks');
    const contenders = [...GROWING, oursRowsAlone, usualLoop, rawInsert(blocks)];
    const first = round % contenders.length;
    const turns: Turn[] = [];
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const isFirst = round === 0 && contender === ours;
      const onStored = isFirst ? ({ client }: Store) => encode(client, events, blocks) : undefined;
      turns.push(await this.#turn({ contender, events, onStored }));
    }
    return turns;
  }

  async #turn(asked: Omit<Asked, 'parts'>): Promise<Turn> {
    const turn = await takeTurn({ parts: this.#parts, ...asked });
    const { contender, events, seconds, contents } = turn;
    console.error(`${contender}: ${events} events in ${seconds.toFixed(1)} s`);
    const known = this.#contents.get(events);
    if (known === undefined) checkWhole(turn);
    else checkSame(turn, known);
    this.#contents.set(events, contents);
    return turn;
  }

  async #publishTo(events: number): Promise<void> {
    using progress = new Progress({ isKept: true });
    const range = { from: this.#published, to: events };
    await publish(this.#parts.brokers, range, (done) => progress.show('published', done, events));
    this.#published = events;
  }
}
