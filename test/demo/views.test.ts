import { beforeAll, describe, expect, test } from 'vitest';
import { untilArrived } from '../../local/demo/arrival.ts';
import { sequencesOf } from '../../local/demo/edge.ts';
import { send, type Tally } from '../../local/demo/send.ts';
import { Random } from '../../local/demo/simulator/random.ts';
import { type Delivery, type Simulation, simulate } from '../../local/demo/simulator/simulate.ts';
import type { Truth } from '../../local/demo/simulator/truth.ts';
import { startPath } from '../consumer/setup.ts';
import type { Database } from '../support/clickhouse.ts';
import { ADMIN_TOKEN, startWorker, TOKEN } from '../support/worker.ts';
import { expectedResolutions, expectedSessions, RESOLUTION, SESSION } from './expected-outcomes.ts';
import { AGENT_DAY, agentDays, CHANNEL_HOUR, channelHours } from './expected-roll-ups.ts';

/** A few simulated days through the real path, then every view against what really happened. */

const APPS = ['demo', 'other'];
/** Longer than this file takes: meanwhile no resolution turns 24 hours old. */
const TEST_MS = 120_000;
const TABLES = {
  session: 'sessions',
  resolution: 'resolutions',
  'agent-logout': 'agent_logouts',
  message: 'messages',
  allocation: 'allocations',
  'custom-button': 'button_clicks',
} as const;

let simulation: Simulation;
let truth: Truth;
let tally: Tally;
let database: Database;
let nowMs: number;

beforeAll(async () => {
  const path = await startPath();
  database = path.database;
  const env = { WEBHOOK_TOKENS: JSON.stringify(Object.fromEntries(APPS.map((app) => [app, [TOKEN]]))) };
  const worker = await startWorker({ topicPrefix: path.prefix, brokers: path.brokers, env });
  const edge = { url: worker.url, token: TOKEN, adminToken: ADMIN_TOKEN };
  const before = await Promise.all(APPS.map((app) => sequencesOf(edge, app)));
  nowMs = Date.now();
  simulation = simulateAt(nowMs);
  truth = simulation.truth;

  let restarted: Promise<void> | undefined;
  tally = await send(edge, shuffled(simulation.deliveries), {
    onProgress: ({ sent }) => {
      if (sent === Math.floor(simulation.deliveries.length / 2)) restarted = worker.restart();
    },
  });
  await restarted;
  for (const [index, app] of APPS.entries()) {
    const stretch = { app, before: before[index] ?? new Map(), after: await sequencesOf(edge, app) };
    await untilArrived(database.client, stretch, () => {});
  }
});

/** The first seed with which no resolution turns 24 hours old while the test runs: the views count such by the clock. */
function simulateAt(endMs: number, seed = 1): Simulation {
  const found = simulate({ seed, days: 3, endMs, apps: APPS, conversationsPerDay: 55 });
  const markMs = endMs - 86_400_000;
  const isQuiet = found.truth.resolutions.every(
    ({ receivedMs }) => receivedMs < markMs || receivedMs > markMs + TEST_MS,
  );
  return isQuiet ? found : simulateAt(endMs, seed + 1);
}

/** Any order of arrival, except that a redelivery comes after what it repeats. */
function shuffled(deliveries: readonly Delivery[]): Delivery[] {
  const random = new Random('shuffle');
  const places = new Map<string, number>();
  const placed = deliveries.map((delivery) => {
    const name = `${delivery.app} ${delivery.body}`;
    const least = delivery.isRedelivery ? (places.get(name) ?? 0) : 0;
    const place = least + (1 - least) * random.next();
    places.set(name, place);
    return { delivery, place };
  });
  return placed.sort((a, b) => a.place - b.place).map(({ delivery }) => delivery);
}

test('the edge takes every webhook once, though its process is killed half-way', () => {
  const { sent, fresh, known, redelivered, refused } = tally;
  expect({ sent, redelivered, refused }).toEqual({
    sent: simulation.deliveries.length,
    redelivered: truth.redeliveries,
    refused: new Map(),
  });
  // Stored, and killed before the answer: sent again, it is known.
  expect(fresh + known).toBe(simulation.deliveries.length - truth.redeliveries);
});

describe('the tables hold each event once', () => {
  test.each(Object.entries(TABLES))('%s in %s', async (kind, table) => {
    const [row] = await database.rows(`SELECT toUInt32(count()) AS n FROM ${table}`);
    expect(row).toEqual({ n: truth.counts[kind as keyof typeof TABLES] });
  });

  test('every kind in events, and nothing in dead_letters', async () => {
    const rows = await database.rows<{ kind: string; n: number }>(
      'SELECT kind, toUInt32(count()) AS n FROM events GROUP BY kind',
    );
    expect(Object.fromEntries(rows.map(({ kind, n }) => [kind, n]))).toEqual(truth.counts);
    expect(await database.rows('SELECT * FROM dead_letters')).toEqual([]);
  });
});

describe('the views say what happened', () => {
  const whole = "from = '2020-01-01 00:00:00', to = '2100-01-01 00:00:00'";

  test.each(['session_outcomes', `session_outcomes_between(${whole})`])('%s', async (view) => {
    const rows = await database.rows(`${SESSION} FROM ${view} ORDER BY app_id, room_id, started_ms`);
    expect(rows).toEqual(expectedSessions(truth));
  });

  test('resolution_outcomes', async () => {
    const rows = await database.rows(
      `${RESOLUTION} FROM resolution_outcomes ORDER BY app_id, room_id, resolved_ms`,
    );
    expect(rows).toEqual(expectedResolutions(truth, nowMs));
  });

  test.each(['Asia/Jakarta', 'Asia/Kolkata'])('agent_daily in %s', async (tz) => {
    const rows = await database.rows(
      `${AGENT_DAY} FROM agent_daily(tz = {tz:String}) ORDER BY day, app_id, agent_id, agent_email`,
      { tz },
    );
    expect(rows).toEqual(agentDays(truth, tz, nowMs));
  });

  test.each(['Asia/Jakarta', 'Asia/Kolkata'])('channel_hourly in %s', async (tz) => {
    const rows = await database.rows(
      `${CHANNEL_HOUR} FROM channel_hourly(tz = {tz:String}) ORDER BY hour_seconds, app_id, channel`,
      { tz },
    );
    expect(rows).toEqual(channelHours(truth, tz, nowMs));
  });

  test('the open backlog', async () => {
    const rows = await database.rows(
      `SELECT app_id, room_id, toUnixTimestamp64Milli(occurred_at) AS started_ms FROM session_outcomes
        WHERE is_open ORDER BY app_id, room_id, started_ms`,
    );
    const backlog = expectedSessions(truth).filter(({ is_open }) => is_open);
    expect(rows).toEqual(backlog.map(({ app_id, room_id, started_ms }) => ({ app_id, room_id, started_ms })));
    expect(rows.length).toBe(truth.backlog.length);
  });
});
