import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLUMN_DEFINITIONS } from '../../consumer/analytics/queries/columns.ts';
import { loadQueries } from '../../consumer/analytics/report/library.ts';
import { databaseOfAWeek, WEEK_API } from '../dashboard/insert.ts';
import { serveDashboard } from '../dashboard/serve.ts';
import { startScript } from '../stream/run.ts';
import { undoAfterwards } from '../support/clean-up.ts';
import type { Database } from '../support/clickhouse.ts';
import { baseEnvironment, ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';

const SCRIPT = 'consumer/analytics/mcp/main.ts';
const TOKEN = 'a token of twenty-odd letters';
/** What the queries are asked with that need it: of the week's first event, and of its first room. */
const NEEDED: Readonly<Record<string, string>> = {
  app: 'demo',
  room: '7001',
  customer: 'cust-7001',
  agent: '1',
  event: `0007${'1'.padStart(28, '0')}`,
};
const WEEK = { from: '2026-11-09', to: '2026-11-16', app: 'demo' };

interface Structured {
  readonly complete_until: string | null;
  readonly columns: { name: string; type: string; definition: string }[];
  readonly rows: unknown[][];
  readonly total?: number;
  readonly truncated?: boolean;
}

let database: Database;
beforeAll(async () => {
  database = await databaseOfAWeek();
});

async function overStdio(): Promise<Client> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [SCRIPT],
    cwd: ROOT,
    env: { ...baseEnvironment(), CLICKHOUSE_URL: database.url } as Record<string, string>,
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return client;
}

async function startHttp(env: Record<string, string> = {}): Promise<string> {
  const running = startScript(SCRIPT, { CLICKHOUSE_URL: database.url, ...env }, ['--http', '0']);
  return eventually(() => {
    const url = /http:\S+\/mcp/.exec(running.stdout())?.[0];
    if (url === undefined) throw new Error(running.stderr());
    return url;
  });
}

async function overHttp(): Promise<Client> {
  const url = await startHttp({ DASHBOARD_TOKEN: TOKEN });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  const client = new Client({ name: 'test', version: '1' });
  // The SDK's own types do not agree with each other under exactOptionalPropertyTypes.
  await client.connect(transport as unknown as Parameters<Client['connect']>[0]);
  return client;
}

describe.each([
  ['stdio', overStdio],
  ['streamable HTTP', overHttp],
] as const)('over %s', (_, connect) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect();
  });
  afterAll(() => client.close());

  const ask = async (name: string, args: Record<string, unknown>) => {
    const { isError, content, structuredContent } = await client.callTool({ name, arguments: args });
    const [{ text } = { text: '' }] = content as { text: string }[];
    return { isError: isError === true, text, answer: structuredContent as Structured | undefined };
  };

  test('there is a tool for each question, with what it takes and that it only reads', async () => {
    const { tools } = await client.listTools();
    const library = loadQueries();
    expect(tools.map(({ name }) => name)).toEqual([...library.keys()]);
    for (const { name, description, inputSchema, annotations } of tools) {
      const query = library.get(name);
      expect(inputSchema.required).toEqual(query?.needs);
      expect(description).toContain(query?.question);
      expect(annotations).toMatchObject({ readOnlyHint: true });
      const taken = Object.entries(inputSchema.properties ?? {});
      for (const [parameter, schema] of taken)
        expect(schema, `${name} ${parameter}`).toHaveProperty('description');
      expect(taken.map(([parameter]) => parameter)).toEqual(
        expect.arrayContaining(['from', 'to', 'tz', ...(query?.parameters.map((each) => each.name) ?? [])]),
      );
    }
  });

  test('every tool answers as the API does, with complete_until and each column defined', {
    tags: 'long',
  }, async () => {
    const api = await serveDashboard(database);
    for (const query of loadQueries().values()) {
      const withApp = query.parameters.some(({ name }) => name === 'app');
      const needed = Object.fromEntries(query.needs.map((need) => [need, NEEDED[need]]));
      const { isError, text, answer } = await ask(query.name, {
        ...WEEK,
        app: withApp ? 'demo' : undefined,
        ...needed,
      });
      expect(isError, `${query.name}: ${text}`).toBe(false);
      expect(JSON.parse(text)).toEqual(answer);
      expect(answer?.complete_until, query.name).toMatch(/^2026-11-\d\d /);
      for (const { name, definition } of answer?.columns ?? []) expect(definition, name).not.toBe('');
      if (!['freshness', 'open-backlog', 'backlog-list'].includes(query.name)) {
        const isList = query.parameters.some(({ name }) => name === 'limit');
        const more = new URLSearchParams({
          app: withApp ? 'demo' : '',
          ...needed,
          ...(isList && { limit: '100' }),
        });
        const url = `${api}/api/queries/${query.name}?${WEEK_API}&${more}`;
        const { rows } = (await (await fetch(url)).json()) as Structured;
        expect(answer?.rows, query.name).toEqual(rows);
      }
    }
  });

  test('a list comes a hundred rows at a time, and says how many there are', async () => {
    const first = (await ask('session-list', WEEK)).answer;
    expect(first?.rows).toHaveLength(100);
    expect(first).toMatchObject({ truncated: true, offset: 0 });
    const next = (await ask('session-list', { ...WEEK, offset: 100, limit: 5 })).answer;
    expect(next?.rows).toHaveLength(5);
    expect(next?.total).toBe(first?.total);
  });

  test.each([
    ['agents', { from: 'yesterday' }, '"yesterday" is no time'],
    ['agents', { tz: 'Asia/Atlantis' }, 'tz must be an IANA time zone'],
    [
      'agents',
      { form: '2026-11-01' },
      'agents does not take "form". It takes from, to, day, tz, app, channel.',
    ],
    ['agents', { app: { $ne: '' } }, 'app must be a text or a number'],
    ['agents', { app: ['demo'] }, 'app must be a text or a number'],
    ['agents', { app: 'x'.repeat(1_000) }, 'app must have 500 characters at most'],
    ['session-list', { limit: 5_000 }, 'limit must be 1 to 1000'],
    ['session-list', { limit: 1.5 }, 'limit must be a whole number'],
    ['session-list', { limit: 1e300 }, 'limit must be'],
    ['room-story', { room: '1' }, 'room-story needs app.'],
    ['session-list', { weekday: 8 }, 'weekday must be 1 (Monday) to 7 (Sunday)'],
  ])('%s with %j is refused in a sentence', async (name, args, message) => {
    expect(await ask(name, args)).toMatchObject({ isError: true, text: expect.stringContaining(message) });
  });

  test('SQL in a parameter is a text like another, and a tool that is not there is told with the nearest', async () => {
    const { answer } = await ask('agents', { ...WEEK, app: "' OR 1 = 1; DROP TABLE sessions_rows --" });
    expect(answer?.rows).toEqual([]);
    await expect(client.callTool({ name: 'agent' })).rejects.toThrow(
      /There is no such tool\. Did you mean agent-day or agents\?/,
    );
    await expect(client.callTool({ name: 'SELECT 1' })).rejects.toThrow(/There is no such tool/);
  });
});

test('over HTTP it opens with the token alone, or to this machine by its own name', async () => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  const post = (url: string, headers: Record<string, string>, content = body) =>
    fetch(url, {
      method: 'POST',
      body: content,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
    });
  const guarded = await startHttp({ DASHBOARD_TOKEN: TOKEN });
  expect((await post(guarded, {})).status).toBe(401);
  expect((await post(guarded, { authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await post(guarded, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  expect((await fetch(guarded, { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(405);
  const open = await startHttp();
  expect((await post(open, {})).status).toBe(200);
  for (const odd of ['', '{', '[]', 'null', '{"jsonrpc":"2.0"}', `{"a":"${'x'.repeat(200_000)}"}`]) {
    expect((await post(open, {}, odd)).status, odd.slice(0, 20)).toBeLessThan(500);
  }
  expect((await post(open, {})).status).toBe(200);
});

test('it says what to do where ClickHouse is away, and to listen elsewhere wants a token', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [SCRIPT],
    cwd: ROOT,
    env: { ...baseEnvironment(), CLICKHOUSE_URL: 'http://127.0.0.1:9/qiscus' } as Record<string, string>,
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  undoAfterwards(() => client.close());
  const { isError, content } = await client.callTool({ name: 'agents', arguments: {} });
  expect(isError).toBe(true);
  expect(JSON.stringify(content)).toContain('ClickHouse does not answer: ');
  const running = startScript(SCRIPT, { CLICKHOUSE_URL: database.url }, ['--http', '0', '--host', '0.0.0.0']);
  expect(await running.ended).toBe(1);
  expect(running.stderr()).toBe('Set DASHBOARD_TOKEN, since --host lets other machines ask.\n');
});

test('the configuration that the README shows starts it', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, shown = ''] = /```json\n(.*mcpServers.*?)```/s.exec(readme) ?? [];
  const { command, args } = JSON.parse(shown.replace('/path/to/qiscus-stream', ROOT)).mcpServers.qiscus;
  const env = { ...baseEnvironment(), CLICKHOUSE_URL: database.url } as Record<string, string>;
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command, args, cwd: '/', env }));
  undoAfterwards(() => client.close());
  expect((await client.listTools()).tools.length).toBeGreaterThan(20);
});

test('no definition is of a column that no query has', async () => {
  const sql = [...loadQueries().values()].map((query) => query.sql).join('\n');
  for (const name of Object.keys(COLUMN_DEFINITIONS)) expect(sql, name).toMatch(new RegExp(`\\b${name}\\b`));
});
