import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { RecordMemory } from '../../consumer/intake/records/record-memory.ts';
import { RecordMessage } from '../../consumer/intake/records/record-message.ts';
import { PackedBatch } from '../../consumer/packed-batch.ts';
import { SLABS, Slabs } from '../../consumer/persist/slabs.ts';
import { prepare } from '../../consumer/prepare.ts';
import type { Unsettled, Work } from '../../consumer/work.ts';
import { asSent, encoded, withoutLength } from './record-bytes.ts';
import { type StrangeRecord, strangeRecord } from './records.ts';
import { LONG_MS, runs } from './runs.ts';

const DEAD_LETTERS = 'qiscus.dead-letter';
const NO_TABLE: ReadonlySet<string> = new Set();
/** More than anything here comes to, and so in slabs. */
const MANY_BYTES = 1_000_000;

const records = fc.array(strangeRecord, { minLength: 1, maxLength: 8 });
const topic = fc.constantFrom('qiscus.session', 'qiscus.session', DEAD_LETTERS);

/** Messages as they are read out of an answer, of which nothing is left then. */
function received(records: readonly StrangeRecord[]): RecordMessage[] {
  const head = {
    firstOffset: 100n,
    lastOffset: 200n,
    attributes: 0,
    firstTimestamp: 0n,
    maxTimestamp: 0n,
    producerId: 7n,
    memory: new RecordMemory(MANY_BYTES),
  };
  return records.map((record, index) => {
    const answer = encoded({ ...record, headers: asSent(record.headers) }, index);
    const message = new RecordMessage(head, head.memory.copy(withoutLength(answer)));
    answer.fill(0xff);
    return message;
  });
}

function oneByOne(topic: string, messages: readonly RecordMessage[]): Work[] {
  return messages.map((message) => prepare({ topic, partition: 3, message }, DEAD_LETTERS));
}

/** Whatever was given back is somebody else's. */
function writeOverWhatIsFree(slabs: Slabs): void {
  const { take, end } = slabs.lease(MANY_BYTES);
  for (let count = 0; count < 60; count++) take(1).fill(0xee);
  end();
}

const told = ({ offset, timestamp, attributes, key, value, headers }: KafkaMessage) => ({
  ...{ offset, timestamp, attributes, key: textOf(key), value: textOf(value) },
  headers: Object.entries(headers ?? {}),
});
const textOf = (bytes: Buffer | null) => bytes?.toString('base64');
const toldOf = ({ source, event, failure }: Work) => ({ event, failure, message: told(source.message) });

function bytesByTable(works: readonly Work[]): Map<string, string> {
  const rows = Map.groupBy(
    works.flatMap((work) => work.rows),
    ({ table }) => table,
  );
  return new Map(
    [...rows].map(([table, each]) => [table, textOf(Buffer.concat(each.map(({ bytes }) => bytes))) ?? '']),
  );
}

test(
  'whatever a batch holds, its packed rows and what is left beside them are those of its messages one by one',
  () => {
    fc.assert(
      fc.property(records, topic, (strange, topic) => {
        const messages = received(strange);
        const works = oneByOne(topic, messages);
        const batch = new PackedBatch({ topic, partition: 3, messages }, DEAD_LETTERS);
        expect(batch.length).toBe(messages.length);

        const packed = batch.rows.tables.map(({ table, pieces }) => [table, textOf(Buffer.concat(pieces))]);
        const left = batch.rest.map(({ work }) => work);
        expect(new Map([...packed, ...bytesByTable(left)] as [string, string][])).toEqual(
          bytesByTable(works),
        );

        const isPlain = (work: Work) => work.event !== undefined && work.failure === undefined;
        expect(left.map(toldOf)).toEqual(works.filter((work) => !isPlain(work)).map(toldOf));
        const isPacked = ({ event }: Work) => event !== undefined;
        expect(batch.ids).toEqual(works.filter(isPacked).map(({ event }) => event?.id));
        const settled = [...batch.receivedMs, ...batch.traced.map(({ event }) => event.receivedMs)];
        expect(settled).toHaveLength(works.filter(isPlain).length);
      }),
      runs(150),
    );
  },
  LONG_MS,
);

test(
  'a batch that is taken apart has the works of its messages, also after its memory was to be given to others',
  () => {
    fc.assert(
      fc.property(records, topic, (strange, topic) => {
        const messages = received(strange);
        const works = oneByOne(topic, messages);
        const expected = structuredClone(works.map((work) => [toldOf(work), bytesByTable([work])]));
        const slabs = new Slabs();
        const batch = new PackedBatch({ topic, partition: 3, messages }, DEAD_LETTERS, slabs);
        writeOverWhatIsFree(SLABS);
        const all = new Set(works.flatMap(({ rows }) => rows.map(({ table }) => table)));
        const isDone = ({ work, standing }: Unsettled) => standing === work.rows.length;
        expect(batch.unpacked(all).every(isDone)).toBe(true);
        const unpacked = batch.unpacked(NO_TABLE);
        batch.release();
        writeOverWhatIsFree(slabs);
        expect(structuredClone(unpacked.map(({ work }) => [toldOf(work), bytesByTable([work])]))).toEqual(
          expected,
        );
        expect(unpacked.every(({ standing }) => standing === 0)).toBe(true);
      }),
      runs(100),
    );
  },
  LONG_MS,
);

test(
  'what is left of a batch stays as it came when the memory of the batch is given to others',
  () => {
    fc.assert(
      fc.property(records, topic, (strange, topic) => {
        const slabs = new Slabs();
        const messages = received(strange);
        const batch = new PackedBatch({ topic, partition: 3, messages }, DEAD_LETTERS, slabs);
        const look = () => batch.rest.map(({ work }) => [toldOf(work), bytesByTable([work])]);
        const before = structuredClone(look());
        batch.release();
        for (const each of [slabs, SLABS]) writeOverWhatIsFree(each);
        expect(structuredClone(look())).toEqual(before);
      }),
      runs(100),
    );
  },
  LONG_MS,
);
