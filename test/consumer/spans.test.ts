import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readSettings } from '../../consumer/config.ts';
import { ROOT } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { startCollector } from '../support/otlp.ts';
import { testDir } from '../support/shared.ts';
import { startWholePath } from '../support/whole-path.ts';
import { event, publisher, RECEIVED_MS, sample } from './events.ts';
import { countOf } from './setup.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${SPAN}-01`;
// Of the process, 5 s go by before spans are sent.
const TIMEOUT_MS = 20_000;
const CONSUMER = 5;
const ERROR = 2;
const nanos = (ms: number) => `${ms}000000`;

/** The whole path without canaries, whose consumer sends spans there. */
const startTraced = (url: string, env: Record<string, string> = {}) =>
  startWholePath({
    CANARY: 'false',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...env,
  });

test('a traced event is one span, a child of its sender, from its receipt until it is settled; another is none', {
  tags: 'long',
}, async () => {
  const collector = await startCollector();
  const path = await startTraced(collector.url, {
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  const publish = await publisher(path.brokers, path.prefix);
  const good = event('session', sample('session'), 1, { traceparent });
  await publish.events([
    good,
    event('session', '{"not":"a session"}', 2, { traceparent }),
    event('session', sample('session'), 3, { traceparent: traceparent.replace(/01$/, '00') }),
    event('session', sample('session'), 4, { traceparent: 'nonsense' }),
    event('session', sample('session'), 5),
  ]);
  await countOf(path.database, 'events', 5);
  await eventually(() => expect(collector.spans()).toHaveLength(2), { timeoutMs: TIMEOUT_MS });
  const [row] = await path.database.rows('SELECT partition, offset FROM events WHERE sequence = 1');
  const [delivered, refused] = collector
    .spans()
    .sort((a, b) => Number(a.attributes['qiscus.sequence']) - Number(b.attributes['qiscus.sequence']));
  expect(delivered).toMatchObject({
    traceId: TRACE,
    parentSpanId: SPAN,
    name: `deliver ${path.prefix}session`,
    kind: CONSUMER,
    startTimeUnixNano: nanos(RECEIVED_MS),
    status: { code: 0 },
    events: [{ name: 'published' }],
    resource: { 'service.name': 'qiscus-stream-consumer', 'deployment.environment.name': 'test' },
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': `${path.prefix}session`,
      'messaging.destination.partition.id': String(row?.partition),
      'messaging.kafka.offset': row?.offset,
      'qiscus.event_id': good.id,
      'qiscus.app_id': 'demo',
      'qiscus.outbox': 'demo/0',
      'qiscus.sequence': 1,
    },
  });
  const endMs = Number(delivered?.endTimeUnixNano) / 1e6;
  expect(endMs).toBeGreaterThanOrEqual(Number(delivered?.events[0]?.timeUnixNano) / 1e6);
  expect(Math.abs(Date.now() - endMs)).toBeLessThan(60_000);
  expect(refused).toMatchObject({
    traceId: TRACE,
    status: { code: ERROR, message: expect.stringContaining('the payload does not fit') },
    attributes: { 'error.type': 'normalize' },
  });
  expect(refused?.spanId).not.toBe(delivered?.spanId);
});

test('unless another protocol is asked for, spans go as protobuf, by the standard path, with the headers that are set', {
  tags: 'long',
}, async () => {
  const collector = await startCollector();
  const path = await startTraced(collector.url, {
    OTEL_EXPORTER_OTLP_PROTOCOL: '',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=support',
  });
  const publish = await publisher(path.brokers, path.prefix);
  await publish.events([event('session', sample('session'), 1, { traceparent })]);
  await eventually(() => expect(collector.received).toHaveLength(1), { timeoutMs: TIMEOUT_MS });
  expect(collector.received[0]).toMatchObject({
    path: '/v1/traces',
    headers: { 'content-type': 'application/x-protobuf', 'x-team': 'support' },
  });
  expect(collector.received[0]?.body.includes(Buffer.from(TRACE, 'hex'))).toBe(true);
});

test('a canary is a span each minute, whatever the vendor sends', { tags: 'long' }, async () => {
  const collector = await startCollector();
  const path = await startTraced(collector.url, { CANARY: 'true' });
  await path.sendCanary();
  await eventually(() => expect(collector.spans()).toHaveLength(1), { timeoutMs: TIMEOUT_MS });
  const [row] = await path.database.rows('SELECT trace_id, event_id FROM canaries');
  expect(collector.spans()[0]).toMatchObject({
    traceId: row?.trace_id,
    attributes: { 'qiscus.event_id': row?.event_id },
  });
});

test('a collector that refuses is told in the log, and costs nothing else', { tags: 'long' }, async () => {
  const collector = await startCollector(400);
  const path = await startTraced(collector.url);
  const publish = await publisher(path.brokers, path.prefix);
  await publish.events([event('session', sample('session'), 1, { traceparent })]);
  await countOf(path.database, 'sessions', 1);
  await eventually(
    async () => {
      const log = await readFile(path.consumer.logFile, 'utf8');
      const lines = log
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toContainEqual(
        expect.objectContaining({ msg: expect.stringContaining('spans'), code: 400, spans: 1 }),
      );
    },
    { timeoutMs: TIMEOUT_MS },
  );
  expect(await (await fetch(`${path.consumer.url}/readyz`)).json()).toEqual({
    kafka: true,
    clickhouse: true,
  });
});

test('a collector that hangs holds neither events nor the end of the consumer', {
  tags: 'long',
}, async () => {
  const collector = await startCollector('none');
  const path = await startTraced(collector.url);
  const publish = await publisher(path.brokers, path.prefix);
  await publish.events([event('session', sample('session'), 1, { traceparent })]);
  await countOf(path.database, 'sessions', 1);
  await path.consumer.stop();
  expect(await path.consumer.ended()).toBe(0);
});

test('without an endpoint nothing of the SDK is loaded', async () => {
  const dir = await testDir();
  const hook = join(dir, 'hook.mjs');
  await writeFile(
    hook,
    `import { registerHooks } from 'node:module';
     registerHooks({ resolve(name, context, next) {
       const found = next(name, context);
       console.log(found.url);
       return found;
     } });`,
  );
  const load = `await import(${JSON.stringify(join(ROOT, 'consumer', 'consumer.ts'))})`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', hook, '--input-type=module', '-e', load],
    { maxBuffer: 50_000_000 },
  );
  expect(stdout).toContain('/consumer/watch/spans.ts');
  // prom-client brings the API along, which does nothing by itself.
  expect(stdout).not.toMatch(/@opentelemetry\/(?!api\/)/);
});

test.each([
  [{}, undefined],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, undefined],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' }, 'http/protobuf'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://a/b' }, 'http/protobuf'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
  [
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    },
    'http/json',
  ],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_SDK_DISABLED: 'TRUE' }, undefined],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_TRACES_EXPORTER: 'none' }, undefined],
])('settings %j ask for spans as %s', (env, spans) => {
  expect(readSettings({ KAFKA_BROKERS: 'a:1', ...env }).spans).toBe(spans);
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
  [
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  ],
])('a wrong %s stops the start', (name, env) => {
  expect(() => readSettings({ KAFKA_BROKERS: 'a:1', ...env })).toThrow(`${name} must be`);
});
