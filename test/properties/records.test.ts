import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { prepare } from '../../consumer/prepare.ts';
import { deadLetterMessage } from '../../consumer/settle/dead-letter.ts';
import { readRow } from '../support/row-binary.ts';
import { misfits } from './columns.ts';
import { type StrangeRecord, strangeRecord } from './records.ts';
import { LONG_MS, runs } from './runs.ts';

const DEAD_LETTERS = 'qiscus.dead-letter';

test(
  'whatever stands in a topic becomes rows that their tables take, or a dead letter that its table takes',
  () => {
    fc.assert(
      fc.property(strangeRecord, (record) => {
        const work = prepare(sourceOf('qiscus.session', record), DEAD_LETTERS);
        for (const row of work.rows) expect(misfits(row.table, readRow(row)), row.table).toEqual([]);
        const { failure } = work;
        expect(failure ?? work.event).toBeDefined();
        for (const extent of ['whole', 'without value', 'place alone'] as const) {
          if (failure === undefined) break;
          const letter = deadLetterMessage({ work, failure }, 0, extent);
          expect(Object.values(letter.headers ?? {}).flat()).not.toContain(null);
          expectLetterRow({ ...record, ...letter } as StrangeRecord);
        }
      }),
      runs(1_500),
    );
  },
  LONG_MS,
);

test(
  'whatever stands in the topic of dead letters becomes a row that its table takes',
  () => {
    fc.assert(fc.property(strangeRecord, expectLetterRow), runs(1_500));
  },
  LONG_MS,
);

function expectLetterRow(record: StrangeRecord): void {
  const { rows, failure } = prepare(sourceOf(DEAD_LETTERS, record), DEAD_LETTERS);
  expect(failure).toBeUndefined();
  expect(rows.map((row) => misfits(row.table, readRow(row)))).toEqual([[]]);
}

function sourceOf(topic: string, record: StrangeRecord) {
  const message: KafkaMessage = { ...record, attributes: 0, offset: '7' };
  return { topic, partition: 2, message };
}
