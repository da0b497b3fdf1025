import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startWorker } from '../support/worker.ts';
import { event, sample } from './events.ts';
import { countOf, startPath } from './setup.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;

test('the trace of a webhook leads from the edge to its row in events; one that is none does not cost the webhook', {
  tags: 'long',
}, async () => {
  const path = await startPath();
  const worker = await startWorker({ topicPrefix: path.prefix, brokers: path.brokers });
  for (const [name, traceparent] of [
    ['session', TRACEPARENT],
    ['resolution', TRACEPARENT.toUpperCase()],
  ] as const) {
    const answer = await fetch(worker.webhookUrl, {
      method: 'POST',
      body: sample(name),
      headers: { traceparent },
    });
    expect(answer.status).toBe(202);
  }
  await countOf(path.database, 'events', 2);
  expect(await path.database.rows('SELECT kind, trace_id FROM events ORDER BY kind')).toEqual([
    { kind: 'resolution', trace_id: '' },
    { kind: 'session', trace_id: TRACE },
  ]);
});

test('a line of the log that names an event has the ids of its trace, its outbox, its message and its row', async () => {
  const path = await startPath();
  const odd = event('session', '{"not":"a session"}', 5, { traceparent: TRACEPARENT });
  await path.publish.events([odd]);
  await countOf(path.database, 'dead_letters', 1);
  const [row] = await path.database.rows(
    'SELECT event_id, trace_id, outbox, sequence, topic, partition, toString(offset) AS offset FROM events',
  );
  expect(row).toMatchObject({ event_id: odd.id, trace_id: TRACE, sequence: 5 });
  await eventually(async () => {
    const lines = (await readFile(path.consumer.logFile, 'utf8')).trimEnd().split('\n');
    const letters = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'dead letter');
    expect(letters).toEqual([expect.objectContaining({ ...row, stage: 'normalize' })]);
  });
});
