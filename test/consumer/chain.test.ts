import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChainLine } from '../../consumer/books/audit/chain/line.ts';
import { walkChains } from '../../consumer/books/audit/chain/walk.ts';
import { NO_LINE } from '../../consumer/books/audit/line.ts';
import { insertRows } from '../../consumer/persist/clickhouse.ts';
import { linkOf, NO_LINK } from '../../schemas/chain.ts';
import { freshDatabase } from '../support/clickhouse.ts';
import { eventually } from '../support/eventually.ts';
import { runScript } from '../support/programs.ts';
import { ADMIN_TOKEN, startWorker, type TestWorker } from '../support/worker.ts';
import { post, SAMPLES, sample } from '../worker/edge-helpers.ts';
import { countOf, startPath } from './setup.ts';

describe('npm run audit -- --verify', () => {
  let path: Awaited<ReturnType<typeof startPath>>;
  let worker: TestWorker;
  let dir: string;
  beforeAll(async () => {
    path = await startPath();
    worker = await startWorker({
      topicPrefix: path.prefix,
      brokers: path.brokers,
      env: { OUTBOX_SHARDS: '1' },
    });
    dir = await mkdtemp(join(tmpdir(), 'heads-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function verify(args: string[] = []): Promise<{ code: number; stdout: string; stderr: string }> {
    const settings = {
      WORKER_URL: worker.url,
      ADMIN_TOKEN,
      KAFKA_BROKERS: path.brokers,
      TOPIC_PREFIX: path.prefix,
      CLICKHOUSE_URL: path.database.url,
      CONSUMER_GROUP: path.consumer.group,
    };
    const script = 'consumer/books/audit/main.ts';
    return runScript(script, settings, ['--verify', '--wait', '30', ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (fault: { code: number; stdout: string; stderr: string }) => fault,
    );
  }

  const change = (set: string, where: string) =>
    path.database.client.command({
      query: `ALTER TABLE events_rows UPDATE ${set} WHERE ${where}`,
      clickhouse_settings: { mutations_sync: '2' },
    });

  test('holds for what came through the whole path, and finds one byte that was changed', {
    tags: 'long',
  }, async () => {
    for (const name of SAMPLES) expect((await post(worker.webhookUrl, sample(name))).status).toBe(202);
    await post(worker.webhookUrl, '{"unknown":"é\\u0000"}');
    await countOf(path.database, 'events', SAMPLES.length + 1);
    const whole = await verify(['--json']);
    const [line] = JSON.parse(whole.stdout).chains as ChainLine[];
    const last = SAMPLES.length + 1;
    expect({ code: whole.code, ...line }).toMatchObject({
      ...{ code: 0, outbox: 'demo/0', verified: last, unlinked: 0, unverified: 0, last_sequence: last },
      ...{ head: expect.stringMatching(/^[0-9a-f]{64}$/), is_as_accepted: true, first_break: null },
    });
    await writeFile(join(dir, 'heads.json'), whole.stdout);

    await change("payload = replaceOne(payload, '\"', ' \"')", 'sequence = 3');
    const [{ id } = { id: '' }] = await path.database.rows<{ id: string }>(
      'SELECT event_id AS id FROM events WHERE sequence = 3',
    );
    const changed = await verify();
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain(`demo/0: 3 ${id} is not what the outbox accepted`);
    await change("payload = replaceOne(payload, ' \"', '\"')", 'sequence = 3');
    expect((await verify()).code).toBe(0);
  });

  test('finds a chain that was made anew, by what the outbox says and by a head that was kept', {
    tags: 'long',
  }, async () => {
    const rows = await path.database.rows<{ sequence: number; event_id: string; payload: string }>(
      'SELECT sequence, event_id, payload FROM events ORDER BY sequence',
    );
    let link = NO_LINK;
    for (const { event_id: id, payload, ...row } of rows) {
      const isForged = Number(row.sequence) === 2;
      link = linkOf(link, { id, payload: isForged ? '{}' : payload });
      await change(`chain = '${link}'${isForged ? ", payload = '{}'" : ''}`, `sequence = ${row.sequence}`);
    }
    const anew = await verify(['--heads', join(dir, 'heads.json')]);
    expect(anew).toHaveProperty('code', 1);
    expect(anew.stdout).toContain('demo/0: the outbox has another link');
    expect(anew.stdout).toContain('demo/0: the link that was kept does not stand any more');
    await post(worker.webhookUrl, '{"one":"more"}');
    await eventually(async () =>
      expect((await verify()).stdout).toContain('is not what the outbox accepted'),
    );
  });

  test('says what is wrong with a file that has no heads', async () => {
    await writeFile(join(dir, 'none.json'), '{"lines":[]}');
    for (const name of ['none.json', 'missing.json']) {
      expect(await verify(['--heads', join(dir, name)])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('has no heads of chains'),
      });
    }
  });
});

describe('a walk', () => {
  const EVENTS = 10_020;
  const OUTBOX = 'walked/0';
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let rows: ReturnType<typeof rowsOfChain>;
  beforeAll(async () => {
    database = await freshDatabase();
    rows = rowsOfChain();
    await insertRows(database.client, 'events_rows', rows, AbortSignal.timeout(60_000));
  });

  /** Of an outbox whose first five events an earlier release accepted. */
  function rowsOfChain() {
    let link = NO_LINK;
    return Array.from({ length: EVENTS }, (_, index) => {
      const sequence = index + 1;
      const event = { id: `${sequence}`.padStart(32, '0'), payload: `{"n":${sequence}}` };
      const isLinked = sequence > 5;
      if (isLinked) link = linkOf(link, event);
      return {
        ...{ outbox: OUTBOX, sequence, event_id: event.id, app_id: 'walked', kind: 'session' },
        ...{ occurred_at: '2026-11-01 00:00:00.000', received_at: '2026-11-01 00:00:00.000' },
        ...{ payload: event.payload, topic: 't', partition: 0, offset: `${sequence}` },
        chain: isLinked ? link : '',
      };
    });
  }

  async function walked(outbox = OUTBOX, missing: number[] = []): Promise<ChainLine | undefined> {
    const missing_sequences = missing.map((first) => ({ first, last: first }));
    const line = { ...NO_LINE, outbox, accepted: EVENTS, in_events: EVENTS, missing_sequences };
    const chains = { outboxes: new Map(), lines: [line], kept: [] };
    return (await walkChains(database.client, chains, () => undefined))[0];
  }

  /** An outbox with the same events but one. */
  async function copied(outbox: string, without: number): Promise<void> {
    await database.client.command({
      query: `INSERT INTO events_rows SELECT * REPLACE ({outbox:String} AS outbox) FROM events
        WHERE events.outbox = {original:String} AND sequence != {without:UInt64}`,
      query_params: { outbox, original: OUTBOX, without },
    });
  }

  test('goes over pages, counts what has no link, and does not mind copies of a row', async () => {
    await insertRows(database.client, 'events_rows', rows.slice(9_990, 10_010), AbortSignal.timeout(60_000));
    expect(await walked()).toMatchObject({
      ...{ verified: EVENTS - 5, unlinked: 5, unverified: 0, first_break: null, is_as_accepted: null },
      ...{ last_sequence: EVENTS, head: rows.at(-1)?.chain },
    });
  });

  const TAMPERINGS = [
    { what: 'changed', how: 'a payload', row: { payload: '{}' } },
    { what: 'changed', how: 'an id', row: { event_id: 'f'.repeat(32) } },
    { what: 'changed', how: 'a link', row: { chain: 'f'.repeat(64) } },
    { what: 'put-in', how: 'a row more', row: { event_id: 'e'.repeat(32) } },
    { what: 'put-in', how: 'a copy with another payload', row: { payload: '[]' } },
    { what: 'removed', how: 'a row less', row: undefined },
  ] as const;
  const PLACES = [6, 7, 10_000, 10_001, EVENTS];

  test('names the first event whose link was blanked, or the one behind it where no link comes before', async () => {
    for (const [place, named] of [
      [6, 7],
      [7, 7],
      [10_001, 10_001],
    ] as const) {
      const outbox = `blanked at ${place}/0`;
      const [original] = rows.filter(({ sequence }) => sequence === place);
      await copied(outbox, place);
      const odd = [{ ...original, outbox, chain: '' }];
      await insertRows(database.client, 'events_rows', odd, AbortSignal.timeout(60_000));
      expect((await walked(outbox))?.first_break).toMatchObject({ sequence: named, what: 'changed' });
    }
  });

  test.each(TAMPERINGS)(
    'names the first event that was $what: $how, wherever it is',
    async ({ what, how, row }) => {
      for (const place of PLACES) {
        const outbox = `${how} at ${place}/0`;
        const [original] = rows.filter(({ sequence }) => sequence === place);
        await copied(outbox, what === 'put-in' ? 0 : place);
        const odd = row === undefined ? [] : [{ ...original, ...row, outbox }];
        await insertRows(database.client, 'events_rows', odd, AbortSignal.timeout(60_000));
        const found = await walked(outbox, what === 'removed' ? [place] : []);
        expect(found?.first_break).toMatchObject({ sequence: place, what });
      }
    },
  );
});
