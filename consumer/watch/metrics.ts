import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CANARIES_TABLE, DEAD_LETTERS_TABLE, EVENTS_TABLE, FACT_TABLES } from '../persist/tables.ts';
import { FAILURE_STAGES } from '../work.ts';

/** What is tried again when it failed. */
const RETRIED_STAGES = ['insert', 'dead-letter'];
const TABLES = [EVENTS_TABLE, DEAD_LETTERS_TABLE, CANARIES_TABLE, ...Object.values(FACT_TABLES)];
const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const LATENCY_SECONDS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600, 86_400];
const ROWS = [1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 20_000];

export type ConsumerMetrics = ReturnType<typeof createMetrics>;

/**
 * The consumer's metrics, in a registry of their own. Each counter is there from the start with 0 for all its labels:
 * of one that appears with its first event, Prometheus never sees the increase.
 * @param topics those that are read
 */
export function createMetrics(topics: readonly string[]) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = defineMetrics(registry);
  for (const topic of topics) metrics.consumed.inc({ topic }, 0);
  for (const stage of FAILURE_STAGES) metrics.deadLetters.inc({ stage }, 0);
  for (const stage of RETRIED_STAGES) metrics.retries.inc({ stage }, 0);
  for (const table of TABLES) {
    metrics.inserted.inc({ table }, 0);
    metrics.insertSeconds.zero({ table });
    metrics.insertRows.zero({ table });
  }
  return { registry, ...metrics };
}

function defineMetrics(registry: Registry) {
  const registers = [registry];
  return {
    consumed: new Counter({
      name: 'qiscus_consumed_total',
      help: 'Kafka messages read, replays included',
      labelNames: ['topic'] as const,
      registers,
    }),
    inserted: new Counter({
      name: 'qiscus_inserted_rows_total',
      help: 'Rows inserted into ClickHouse, replays included',
      labelNames: ['table'] as const,
      registers,
    }),
    deadLetters: new Counter({
      name: 'qiscus_dead_letters_total',
      help: 'Messages sent to the dead-letter topic, by the stage that failed',
      labelNames: ['stage'] as const,
      registers,
    }),
    retries: new Counter({
      name: 'qiscus_retries_total',
      help: 'Failed tries that are tried again, by stage',
      labelNames: ['stage'] as const,
      registers,
    }),
    insertSeconds: new Histogram({
      name: 'qiscus_insert_seconds',
      help: 'Time that a successful insert took',
      labelNames: ['table'] as const,
      buckets: SECONDS,
      registers,
    }),
    insertRows: new Histogram({
      name: 'qiscus_insert_rows',
      help: 'Rows of an insert',
      labelNames: ['table'] as const,
      buckets: ROWS,
      registers,
    }),
    visibleSeconds: visibleSeconds(registry),
    lag: new Gauge({
      name: 'qiscus_consumer_lag',
      help: 'Messages behind the committed offset, as of the last batch read from the partition',
      labelNames: ['topic', 'partition'] as const,
      registers,
    }),
    held: new Gauge({
      name: 'qiscus_held_messages',
      help: 'Messages that cannot be read or stored for now, and hold their partition; others go on',
      labelNames: ['topic', 'partition', 'reason'] as const,
      registers,
    }),
    lastCommit: new Gauge({
      name: 'qiscus_last_commit_timestamp_seconds',
      help: 'When an offset was committed last, seconds since 1970',
      registers,
    }),
    rebalances: new Counter({
      name: 'qiscus_group_joins_total',
      help: 'Times that the consumer joined its group',
      registers,
    }),
  };
}

function visibleSeconds(registry: Registry) {
  const histogram = new Histogram({
    name: 'qiscus_event_visible_seconds',
    help: 'From the receipt of a webhook to its rows standing in ClickHouse',
    buckets: LATENCY_SECONDS,
    enableExemplars: true,
    registers: [],
  });
  // Put there afterwards: the constructor wants a registry that knows no format but OpenMetrics.
  registry.registerMetric(histogram);
  return histogram;
}
