import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { prepare } from '../../consumer/prepare.ts';
import { type EventMessage, toMessage } from '../../schemas/event.ts';
import { readRow } from '../support/row-binary.ts';
import { damagedSample } from './bodies.ts';
import { misfits } from './columns.ts';
import { arrive } from './edge.ts';
import { print } from './json.ts';
import { LONG_MS, runs } from './runs.ts';

const RECEIVED_MS = Date.UTC(2026, 2, 4, 5, 6, 7, 890);
/** Kafka takes 1,048,588 bytes, of which a body may be 900,000. */
const MAX_BYTES_BESIDE_BODY = 20_000;

test(
  'whatever was admitted becomes rows that their tables take, of its kind and with its body',
  async () => {
    await fc.assert(
      fc.asyncProperty(damagedSample, async (json) => {
        const admitted = await arrive(print(json), RECEIVED_MS);
        if (admitted.outcome !== 'admitted') return;
        const message = toMessage({ ...admitted.event, outbox: 'demo/0', sequence: 1 });
        expect(bytesBesideBody(message)).toBeLessThan(MAX_BYTES_BESIDE_BODY);

        const source = { topic: `qiscus.${admitted.event.kind}`, partition: 0, message: received(message) };
        const { event, rows, failure } = prepare(source, 'qiscus.dead-letter');
        expect(failure).toBeUndefined();
        const { id, kind, subject, occurredMs, payload } = admitted.event;
        expect(event).toMatchObject({ id, kind, subject, occurredMs, receivedMs: RECEIVED_MS });
        expect(rows).toHaveLength(kind === 'unrecognized' ? 1 : 2);
        const read = rows.map((row) => ({ table: row.table, row: readRow(row) }));
        for (const { table, row } of read) expect(misfits(table, row), table).toEqual([]);
        expect(read[0]?.row).toMatchObject({ event_id: id, payload });
      }),
      runs(1_500),
    );
  },
  LONG_MS,
);

/** A message as it comes back from Kafka. */
function received({ key, value, headers }: EventMessage): KafkaMessage {
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]);
  return {
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: Object.fromEntries(bytes),
    offset: '7',
    timestamp: String(RECEIVED_MS),
    attributes: 0,
  };
}

function bytesBesideBody({ key, headers }: EventMessage): number {
  return Buffer.byteLength(JSON.stringify([key, headers]));
}
