import type { Logger } from 'pino';
import { Connections } from '../schemas/group/connections.ts';
import { deadLetterProducer } from '../schemas/group/dead-letter-producer.ts';
import { Liveness } from '../schemas/group/liveness.ts';
import { Membership } from '../schemas/group/membership.ts';
import { canaryTopic, deadLetterTopic, eventTopics, topicOf } from '../schemas/topics.ts';
import { readerClient } from './analytics/api/reader.ts';
import { dashboardRoutes } from './analytics/dashboard/dashboard.ts';
import { askAccepted } from './books/audit/outboxes.ts';
import { Retainer } from './books/retention/retainer.ts';
import type { ConsumerSettings } from './config.ts';
import { type GroupDeps, joinGroup, watchConsumer } from './intake/group.ts';
import { groupConsumer, kafkaClient } from './intake/kafka.ts';
import { Keeper } from './outcomes/keeper.ts';
import { Breaker } from './persist/breaker.ts';
import { answers, clickHouseClient } from './persist/clickhouse.ts';
import { clickHouseErasures } from './persist/erasures.ts';
import { FatalInsertError } from './persist/insert.ts';
import { clickHouseSink } from './persist/row-sink.ts';
import { createPipeline } from './pipeline.ts';
import { ErasedWork } from './settle/erased-work.ts';
import { liveStream } from './stream/live/start.ts';
import { createApp } from './watch/app.ts';
import { BooksMetrics } from './watch/books.ts';
import { CanaryMetrics } from './watch/canary.ts';
import { DriftMetrics } from './watch/drift.ts';
import { createMetrics } from './watch/metrics.ts';
import { operationsRoutes } from './watch/operations.ts';
import { serve } from './watch/server.ts';
import { createSpans } from './watch/spans.ts';
import { WorkerMetrics } from './watch/worker-metrics.ts';

const WATCH_MS = 1_000;
// Batches that are being stored get so long to end when the consumer stops; then they are left to be read again.
const STOP_GRACE_MS = 5_000;
// A month is closed by statements that may read many rows each.
const RETENTION_TIMEOUT_MS = 600_000;

export interface RunningConsumer {
  /** Where the dashboard, health, readiness and metrics are served. */
  readonly url: string;
  /** Finishes the batches in hand, commits, leaves the group and closes. */
  stop(): Promise<void>;
}

/**
 * Starts the consumer: serves HTTP at once, and joins the group as soon as Kafka lets it.
 * @param onDeath told once when the consumer cannot go on; the process must end then
 * @throws the HTTP socket's error, such as EADDRINUSE
 */
export async function startConsumer(
  settings: ConsumerSettings,
  log: Logger,
  onDeath: (reason: string) => void,
): Promise<RunningConsumer> {
  const topics = [...eventTopics(settings.TOPIC_PREFIX), deadLetterTopic(settings.TOPIC_PREFIX)];
  const canaries = canaryTopic(settings.TOPIC_PREFIX);
  const metrics = createMetrics([...topics, canaries]);
  const liveness = new Liveness(() => performance.now());
  const membership = new Membership();
  const client = clickHouseClient(settings.CLICKHOUSE_URL, {
    insertQuorum: settings.CLICKHOUSE_INSERT_QUORUM,
  });
  const connections = new Connections();
  const kafka = kafkaClient(settings, connections, log);
  const consumer = groupConsumer(kafka, settings.CONSUMER_GROUP);
  const producer = deadLetterProducer(kafka);
  connections.watchConsumer(consumer);
  connections.watchProducer(producer);
  const deadLetters = { producer, topic: deadLetterTopic(settings.TOPIC_PREFIX), log, metrics };
  const onFatal = (error: unknown) => {
    log.fatal({ err: error }, 'the consumer cannot go on');
    // Any other error's text may quote what it was given.
    liveness.died(error instanceof FatalInsertError ? error.message : 'an error of ours; the log has it');
  };
  const breaker = new Breaker();
  const spans = settings.spans && (await createSpans(settings.spans, log));
  const pipeline = createPipeline({
    sink: clickHouseSink(client),
    log,
    metrics,
    breaker,
    membership,
    deadLetters,
    erased: new ErasedWork({
      source: clickHouseErasures(client),
      deadLetterTopic: deadLetters.topic,
      log,
      nowMs: () => performance.now(),
    }),
    spans,
    onFatal,
  });

  const reader = readerClient(settings.CLICKHOUSE_READER_URL);
  const { WORKER_URL, ADMIN_TOKEN } = settings;
  const worker =
    WORKER_URL === undefined || ADMIN_TOKEN === undefined ? undefined : { WORKER_URL, ADMIN_TOKEN };
  const books = new BooksMetrics(client, metrics.registry, {
    askAccepted: worker && (() => askAccepted(worker)),
  });
  const drift = new DriftMetrics(client, metrics.registry);
  const keeper = new Keeper({ client, log, registry: metrics.registry });
  const patient = clickHouseClient(settings.CLICKHOUSE_URL, {
    insertQuorum: settings.CLICKHOUSE_INSERT_QUORUM,
    requestTimeoutMs: RETENTION_TIMEOUT_MS,
  });
  const retainer = new Retainer({ client: patient, log, registry: metrics.registry, keep: settings });
  const app = createApp(log);
  const operations = {
    liveness,
    metrics,
    books,
    drift,
    worker: worker && new WorkerMetrics(worker, metrics.registry),
    canary: settings.CANARY ? new CanaryMetrics(client, metrics.registry) : undefined,
    clickHouseAnswers: () => answers(client),
  };
  app.route('/', operationsRoutes(operations));
  const live = liveStream({ kafka, connections, settings, log });
  app.route('/', dashboardRoutes({ client: reader, token: settings.DASHBOARD_TOKEN, live }));
  const address = { host: settings.CONSUMER_HOST, port: settings.CONSUMER_PORT };
  const { server, url } = await serve(app, address, log);

  const watch = setInterval(() => {
    const life = liveness.check();
    if (life.alive) return;
    clearInterval(watch);
    onDeath(life.reason);
  }, WATCH_MS);

  const group: GroupDeps = { consumer, topics, canaries, membership, liveness, metrics, log };
  const stopping = new AbortController();
  watchConsumer(group);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    const isFirst = memberAssignment[topicOf(settings.TOPIC_PREFIX, 'session')]?.includes(0) === true;
    keeper.isOurs = isFirst;
    retainer.isOurs = isFirst;
  });
  keeper.start();
  retainer.start();
  const joining = joinGroup(group, pipeline.eachBatch, stopping.signal).catch(onFatal);

  async function stop(): Promise<void> {
    clearInterval(watch);
    stopping.abort();
    const grace = setTimeout(() => membership.end(), STOP_GRACE_MS);
    await pipeline.stop();
    await joining;
    await consumer.disconnect();
    clearTimeout(grace);
    // What stepped aside is left to be read again.
    membership.end();
    await producer.disconnect();
    const kept = keeper.stop();
    const retained = retainer.stop();
    await spans?.shutdown();
    // A round that is under way ends with it.
    await client.close();
    await patient.close();
    await kept;
    await retained;
    await reader.close();
    server.closeAllConnections();
    await live.stop();
    await drift.idle();
    await server[Symbol.asyncDispose]();
  }
  return { url, stop };
}
