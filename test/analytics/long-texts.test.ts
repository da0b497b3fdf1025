import { beforeAll, expect, test } from 'vitest';
import { type Database, freshDatabase } from '../support/clickhouse.ts';
import { ask, library, neededBy, queryNamed } from './ask.ts';
import { event, insert } from './rows.ts';

/** As long as a webhook lets it be, in characters of several bytes. */
const LONG = 'é'.repeat(300_000);
const AT = '2026-11-02 01:00:00';
const MOST = 200;
/** In stories, which tell what was written. */
const MOST_OF_A_STORY = 500;
const NEEDED = { app: 'demo', room: 'a', customer: 'c', agent: '1' };

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
  const facts = { room_id: 'a', channel: 'wa', customer_id: 'c' };
  const names = { room_name: LONG, customer_name: LONG };
  const named = (kind: string, more: object) => ({ ...event(`${kind} 1`, AT), ...facts, ...more });
  await insert(database, 'sessions', [
    { ...named('session', { ...names, first_message_text: LONG, first_message_type: LONG }) },
    {
      ...named('session', { ...names, first_message_text: LONG }),
      event_id: 'session 2',
      occurred_at: '2026-11-02 05:00:00',
    },
  ]);
  const agent = { agent_id: 1, agent_email: 'ani@test', agent_name: LONG };
  await insert(database, 'resolutions', [
    {
      ...named('resolution', { ...agent, customer_name: LONG, notes: LONG }),
      occurred_at: '2026-11-02 02:00:00',
    },
  ]);
  const user = { user_id: 1, user_email: 'ani@test', user_name: LONG };
  await insert(database, 'agent_logouts', [{ ...event('logout', AT), ...user }]);
  await insert(database, 'messages', [named('message', { text: LONG, sender_name: LONG })]);
  const candidate = { candidate_agent_id: 1, candidate_agent_name: LONG };
  await insert(database, 'allocations', [named('allocation', { ...candidate, customer_name: LONG })]);
  const click = { agent_name: LONG, channel_name: LONG, channel_type: LONG, notes: LONG, tags: [LONG] };
  await insert(database, 'button_clicks', [
    { ...event('click', AT), room_id: 'a', ...click, additional_info: JSON.stringify([LONG]) },
  ]);
  const payloads = [
    { source: LONG, payload: { room: { name: LONG }, message: { text: LONG } } },
    { service: { source: LONG }, customer: { name: LONG }, resolved_by: { name: LONG } },
    { name: LONG, candidate_agent: { name: LONG }, room_log: { source: LONG } },
  ];
  const rows = payloads.map((payload, i) => ({
    ...event(`event ${i}`, AT),
    sequence: i + 1,
    kind: 'message',
    payload: JSON.stringify(payload),
  }));
  await insert(database, 'events', rows);
});

// A payload is given whole, to whom asks for it.
test.each([...library.keys()].filter((name) => name !== 'event-payload'))(
  '%s gives no longer text than lists do, and says where one was cut',
  async (name) => {
    const from = new Date('2026-11-01');
    const rows = await ask(database, name, {
      ...neededBy(name, NEEDED),
      from,
      to: new Date('2026-11-09'),
      tz: 'UTC',
    });
    const texts = rows.flatMap(Object.values).filter((value) => typeof value === 'string');
    const most = queryNamed(name).needs.length > 0 ? MOST_OF_A_STORY : MOST;
    for (const text of texts) {
      expect([...text].length).toBeLessThanOrEqual(most);
      if (text.includes('é')) expect(text).toBe(`${'é'.repeat(most - 1)}…`);
    }
    expect(JSON.stringify(rows).length).toBeLessThan(20_000);
  },
);
