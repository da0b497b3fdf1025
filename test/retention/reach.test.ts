import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { chainsInText } from '../../consumer/books/audit/chain/print.ts';
import { walkChains } from '../../consumer/books/audit/chain/walk.ts';
import { NO_LINE } from '../../consumer/books/audit/line.ts';
import { inJson, inText } from '../../consumer/books/audit/print.ts';
import { sealedOf } from '../../consumer/books/audit/sealed.ts';
import { readOptions } from '../../consumer/books/rebuild/options.ts';
import { rebuild } from '../../consumer/books/rebuild/rebuild.ts';
import { textReport } from '../../consumer/books/rebuild/report.ts';
import { ALL_KEPT, readGone } from '../../consumer/books/retention/kept.ts';
import { retain } from '../../consumer/books/retention/retain.ts';
import { clickHouseUrl } from '../../consumer/config.ts';
import { clickHouseClient } from '../../consumer/persist/clickhouse.ts';
import { enforce, record } from '../../operate/erase/enforce.ts';
import { find } from '../../operate/erase/find.ts';
import { linkOf, NO_LINK } from '../../schemas/chain.ts';
import type { StreamEvent } from '../../schemas/event.ts';
import type { Kind } from '../../schemas/webhooks.ts';
import { ask } from '../analytics/ask.ts';
import { byHand } from '../consumer/by-hand.ts';
import { event, sample } from '../consumer/events.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { createTopics, uniquePrefix } from '../support/kafka.ts';
import { runScript } from '../support/programs.ts';
import { sharedBrokers, testDir } from '../support/shared.ts';

// Each looks at the books several times, which takes long on a machine that does much else.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const NOW_MS = Date.UTC(2024, 5, 1);
const OUTBOX = 'demo/0';
const signal = new AbortController().signal;

/** January and February are dropped, April and May are kept; in each a session, a message and what nobody recognizes. */
const EVENTS = chained(
  [0, 1, 3, 4].flatMap((month, at) =>
    (['session', 'message', 'unrecognized'] as const).map((kind, index) => {
      const receivedMs = Date.UTC(2024, month, 10, 12, index);
      return one(kind, 3 * at + index + 1, receivedMs);
    }),
  ),
);
/** The session of January, delivered again in April: the fact is that of the later place. */
const AGAIN = {
  ...one('session', 1, Date.UTC(2024, 0, 10, 12)),
  sequence: 13,
  receivedMs: Date.UTC(2024, 3, 20),
};

function one(kind: Kind, sequence: number, receivedMs: number): StreamEvent {
  const payload = kind === 'unrecognized' ? '{"odd":true}' : sample(kind);
  return event(kind, payload, sequence, { outbox: OUTBOX, receivedMs, occurredMs: receivedMs });
}

function chained(events: readonly StreamEvent[]): StreamEvent[] {
  let link = NO_LINK;
  return events.map((each) => {
    link = linkOf(link, each);
    return { ...each, chain: link };
  });
}

let database: Database;
let brokers: string;
beforeAll(async () => {
  [database, brokers] = await Promise.all([freshDatabase(), sharedBrokers()]);
  const put = byHand(database);
  await put.whole(EVENTS);
  await put.whole([AGAIN]);
});

const command = (query: string) =>
  database.client.command({ query, clickhouse_settings: { mutations_sync: '2' } });

async function rebuilt(table: string, isApply: boolean) {
  const { target } = readOptions(['--table', table]);
  if (target.what !== 'table') throw new Error('a table');
  const client = clickHouseClient(clickHouseUrl.assert(database.url));
  undoAfterwards(() => client.close());
  const outcome = await rebuild(target.scope, isApply, { client, show: () => undefined, signal });
  return { difference: outcome.difference, text: textReport(target.scope, outcome) };
}

async function run(script: string, ...args: string[]) {
  const settings = { CLICKHOUSE_URL: database.url, KAFKA_BROKERS: brokers };
  return runScript(`consumer/${script}`, settings, args).then(
    (output) => ({ code: 0, ...output }),
    (fault: { code: number; stdout: string; stderr: string }) => fault,
  );
}

describe('of messages that are no longer kept', () => {
  test('a rebuild builds none again, changes what is kept, and says so', async () => {
    await retain(database.client, { MESSAGES_KEEP_DAYS: 60 }, { nowMs: NOW_MS, signal });
    expect(await database.rows('SELECT sequence FROM messages ORDER BY sequence')).toEqual([
      { sequence: 8 },
      { sequence: 11 },
    ]);
    expect((await rebuilt('messages', false)).difference).toMatchObject({ added: 0, removed: 0, changed: 0 });
    await command("ALTER TABLE messages_rows UPDATE text = 'other' WHERE sequence = 8");
    const { difference, text } = await rebuilt('messages', true);
    expect(difference).toMatchObject({ added: 0, removed: 0, changed: 1 });
    expect(text).toContain('Messages before 2024-03-01 are no longer kept: they are not built again.');
    expect(await database.rows('SELECT count() AS n FROM messages')).toEqual([{ n: 2 }]);
  });

  test('whoever asks is told from when on they are kept', async () => {
    const values = { from: new Date('2024-01-01'), to: new Date('2024-06-01'), tz: 'Asia/Jakarta' };
    expect(await ask(database, 'completeness', values)).toMatchObject([
      { events_kept_from: null, messages_kept_from: '2024-03-01 07:00:00' },
    ]);
  });
});

describe('of events that are no longer kept', () => {
  beforeAll(async () => {
    const runs = await retain(database.client, { EVENTS_KEEP_DAYS: 60 }, { nowMs: NOW_MS, signal });
    expect(runs).toMatchObject([{ dropped: [202401, 202402], troubles: [] }]);
  });

  test('the facts stay as they are when their table is built anew, and it says so', {
    tags: 'long',
  }, async () => {
    expect((await rebuilt('sessions', false)).difference).toMatchObject({ added: 0, removed: 0, changed: 0 });
    await command("ALTER TABLE sessions_rows UPDATE room_name = 'other' WHERE sequence IN (4, 7)");
    const { difference, text } = await rebuilt('sessions', true);
    expect(difference).toMatchObject({ added: 0, removed: 0, changed: 1 });
    expect(text).toContain(
      'Events received before 2024-03-01 are no longer kept: their facts stay as they are.',
    );
    const found = await database.rows(
      "SELECT sequence, room_name = 'other' AS is_other FROM sessions ORDER BY sequence",
    );
    expect(found).toEqual([
      { sequence: 4, is_other: 1 },
      { sequence: 7, is_other: 0 },
      { sequence: 10, is_other: 0 },
      { sequence: 13, is_other: 0 },
    ]);
    expect(await database.rows('SELECT outbox FROM audit WHERE NOT is_balanced')).toEqual([]);
    const { stdout } = await run('books/rebuild/main.ts', '--unrecognized', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ events: 2, not_kept: { events_before: '2024-03-01' } });
  });

  test('the audit says until when it is sealed, in text and for programs', async () => {
    const sealed = sealedOf(await readGone(database.client));
    const found = { verdict: 'balanced', lines: [], lag: 0, troubles: [], sealed } as const;
    expect(inText(found)).toContain(
      'Sealed until 2024-03-01: events before it are no longer kept. Their books were balanced, and are counted above.',
    );
    expect(JSON.parse(inJson(found)).sealed).toEqual([
      { table: 'events', until: '2024-03-01', but: [] },
      { table: 'messages', until: '2024-03-01', but: [] },
    ]);
    expect(sealedOf(ALL_KEPT)).toEqual([]);
  });

  test('the chain is verified from the first that is kept, that one by the last link before it', async () => {
    const line = { ...NO_LINE, outbox: OUTBOX, in_events: 13, accepted: 12 };
    const link = (sequence: number) => EVENTS[sequence - 1]?.chain ?? '';
    const walk = async (sequence = 6, head = link(sequence)) => {
      const kept = [{ outbox: OUTBOX, last_sequence: sequence, head }];
      const chains = { outboxes: new Map(), lines: [line], kept };
      const [walked] = await walkChains(database.client, chains, () => undefined);
      if (walked === undefined) throw new Error('an outbox');
      return walked;
    };
    const whole = await walk();
    expect(whole).toMatchObject({ verified: 6, unverified: 0, no_longer_kept: 6, first_break: null });
    expect(whole).toMatchObject({ last_sequence: 12, head: link(12), is_as_kept: true });
    expect(chainsInText([whole])).toContain(
      'demo/0: 6 events are no longer kept. What follows them is verified from their last link on.',
    );
    expect((await walk(6, link(5))).is_as_kept).toBe(false);
    expect((await walk(5)).is_as_kept).toBe(null);
    await command("ALTER TABLE events_rows UPDATE payload = concat(payload, ' ') WHERE sequence = 7");
    expect((await walk()).first_break).toMatchObject({ sequence: 7, what: 'changed' });
    await command('ALTER TABLE events_rows UPDATE payload = trimRight(payload) WHERE sequence = 7');
  });

  test('who is erased is erased from the facts that stay, too', async () => {
    const wanted = { app: 'demo', ids: ['628xxxxxxxxxxx'] };
    const named = () => database.rows("SELECT countIf(customer_id != '') AS n, count() AS of FROM sessions");
    expect(await named()).toEqual([{ n: 4, of: 4 }]);
    await record(database.client, (await find(database.client, wanted)).erasures);
    await enforce(database.client);
    expect(await named()).toEqual([{ n: 0, of: 4 }]);
    expect((await find(database.client, wanted)).erasures).toEqual([]);
  });

  test('a replay sends the others, and says so; where none is left it refuses', async () => {
    const prefix = uniquePrefix();
    await createTopics(prefix, brokers);
    const topic = `${prefix}session`;
    const replay = async (...args: string[]) =>
      run('stream/replay/main.ts', '--to-topic', topic, '--progress-dir', await testDir('replay'), ...args);
    const some = await replay('--json');
    expect(some.stderr).toContain('Events received before 2024-03-01 are no longer kept, and not sent.');
    expect(JSON.parse(some.stdout)).toMatchObject({ sent: 7, not_kept: { events_before: '2024-03-01' } });
    const none = await replay('--from', '2024-01-01', '--to', '2024-02-01');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('are no longer kept: nothing is left to be sent.');
  });

  test('an export writes no empty file of theirs, and says so; where nothing is left it refuses', async () => {
    const dir = await testDir('export');
    const args = ['--format', 'ndjson', '--kind', 'session', '--dir', join(dir, 'out')];
    const some = await run('stream/export/main.ts', ...args, '--from', '2024-02-28', '--to', '2024-03-03');
    expect(some.stdout).toBe(
      `2 files written with 0 events, 0 were there, in ${join(dir, 'out')}.\nEvents received before 2024-03-01 are no longer kept: 2 files are not written.\n`,
    );
    const none = await run('stream/export/main.ts', ...args, '--from', '2024-01-01', '--to', '2024-01-09');
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toContain('nothing is left to be written');
  });

  test('who looks for drift again from before then is told', async () => {
    const { stdout } = await run('stream/drift/main.ts', '--from', '2024-01-01');
    expect(stdout).toMatch(/^Looked at \d events. Those received before 2024-03-01 are no longer kept.$/m);
  });
});
