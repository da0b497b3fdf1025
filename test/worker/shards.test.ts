import { beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';
import { ADMIN_TOKEN, startWorker, type TestWorker } from '../support/worker.ts';
import { arrived, post, type Receipt, readTopics, sample, status } from './edge-helpers.ts';

const EACH = 8;
const NOWHERE = '127.0.0.1:1';
/** An hour ago, so that what is posted within ten seconds of it is a retry however long a restart takes. */
const RECEIVED_MS = Date.now() - 3_600_000;
const TURN_MS = 1_500;

let brokers: string;
beforeAll(async () => {
  brokers = await sharedBrokers();
});

/** Events in many rooms: such as name themselves, and such as only a retry tells. */
function bodies(turn: number): string[] {
  const resolution = JSON.parse(sample('resolution'));
  const button = JSON.parse(sample('custom-button'));
  return Array.from({ length: EACH }, (_, room) => {
    const service = { ...resolution.service, id: turn * EACH + room + 1, room_id: String(room) };
    return [
      { ...resolution, service },
      { ...button, room_id: room, notes: `turn ${turn}` },
      { what: 'ever', room, turn },
    ];
  })
    .flat()
    .map((body) => JSON.stringify(body));
}

/** Posts bodies as received at a time, all at once, and gives the answers. */
async function postAll(url: string, all: readonly string[], receivedMs: number): Promise<Receipt[]> {
  const headers = {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    'x-received-at': new Date(receivedMs).toISOString(),
  };
  const answers = await Promise.all(all.map((body) => post(url, body, headers)));
  expect(answers.map((answer) => answer.status)).toEqual(all.map(() => 202));
  return answers.map(({ json }) => json);
}

/** How many events the outboxes of a Worker took as new. */
async function accepted(worker: TestWorker): Promise<number> {
  const { outboxes } = await status(worker);
  return outboxes.reduce((sum, outbox) => sum + outbox.last_sequence, 0);
}

const ids = (receipts: readonly Receipt[]) => receipts.map(({ id }) => id);
const isNew = (receipts: readonly Receipt[]) => receipts.filter(({ duplicate }) => !duplicate);

test('an event is counted once, whatever OUTBOX_SHARDS was when it came first and is when it comes again', {
  tags: 'long',
}, async () => {
  const topicPrefix = uniquePrefix();
  await createTopics(topicPrefix);
  const dir = await testDir('worker');
  const known = new Map<string, Receipt>();
  for (const [turn, shards] of [4, 5, 4, 2, 7, 7].entries()) {
    const env = { OUTBOX_SHARDS: String(shards) };
    const worker = await startWorker({ topicPrefix, brokers, dir, env });
    const receivedMs = RECEIVED_MS + turn * TURN_MS;
    const again = await postAll(worker.webhookUrl, [...known.keys()], receivedMs);
    expect(isNew(again)).toEqual([]);
    expect(ids(again)).toEqual(ids([...known.values()]));

    // What comes first now is laid out by the present number, and has to be found there in the turns after.
    const fresh = bodies(turn);
    const receipts = await postAll(worker.webhookUrl, fresh, receivedMs);
    expect(isNew(receipts)).toEqual(receipts);
    fresh.forEach((body, at) => {
      const receipt = receipts[at];
      if (receipt !== undefined) known.set(body, receipt);
    });
    expect(await accepted(worker)).toBe(known.size);
    await worker.stop();
  }
  const last = await startWorker({ topicPrefix, brokers, dir, env: { OUTBOX_SHARDS: '3' } });
  await eventually(async () => expect((await status(last)).pending).toBe(0), { timeoutMs: 40_000 });
  // A Worker that was stopped before the broker's ack sends again: the same event, from the same place.
  const reader = await readTopics(brokers, topicPrefix);
  await eventually(() => {
    const places = reader.messages.map(({ headers }) => `${headers.ce_outbox} ${headers.ce_sequence}`);
    expect(new Set(places).size).toBe(known.size);
  });
  const published = new Set(reader.messages.map(({ headers }) => headers.ce_id));
  expect([...published].sort()).toEqual(ids([...known.values()]).sort());
});

test('an outbox that the present OUTBOX_SHARDS has no more goes on publishing, and /status shows it', {
  tags: 'long',
}, async () => {
  const topicPrefix = uniquePrefix();
  await createTopics(topicPrefix);
  const all = bodies(0);
  const before = await startWorker({ topicPrefix, brokers: NOWHERE, env: { OUTBOX_SHARDS: '6' } });
  const receipts = await postAll(before.webhookUrl, all, RECEIVED_MS);
  expect(isNew(receipts)).toHaveLength(all.length);
  await before.stop();

  const now = await startWorker({ topicPrefix, brokers, dir: before.dir, env: { OUTBOX_SHARDS: '2' } });
  const again = await postAll(now.webhookUrl, all.slice(0, 1), RECEIVED_MS);
  expect(isNew(again)).toEqual([]);
  await eventually(async () => expect((await status(now)).pending).toBe(0), { timeoutMs: 40_000 });
  const { outboxes } = await status(now);
  expect(outboxes.map(({ outbox }) => outbox)).toEqual([0, 1, 2, 3, 4, 5].map((shard) => `demo/${shard}`));
  expect(await accepted(now)).toBe(all.length);
  const messages = await arrived(await readTopics(brokers, topicPrefix), all.length);
  expect(messages.map(({ headers }) => headers.ce_id).sort()).toEqual(ids(receipts).sort());
});
