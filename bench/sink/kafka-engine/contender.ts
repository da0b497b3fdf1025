import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topicOf } from '../../../schemas/topics.ts';
import { FACT_KINDS } from '../../../schemas/webhooks.ts';
import type { Contender } from '../contender.ts';

/** Settings of a table with the Kafka engine, by name. */
type QueueSettings = Readonly<Record<string, number>>;

/**
 * ClickHouse's own Kafka engine: for each kind a table that reads its topic, as a consumer group of its own, and
 * materialized views that fill the same tables as ours with the same rows. At least once, as ours is.
 */
function kafkaEngine(name: string, settings: QueueSettings): Contender {
  return {
    name,
    start: async ({ parts: { brokers }, store: { client }, group }) => {
      for (const kind of FACT_KINDS) {
        const table = kind.replaceAll('-', '_');
        const values = {
          QUEUE: `queue_${table}`,
          INBOX: `inbox_${table}`,
          BROKERS: brokers,
          TOPIC: topicOf('qiscus.', kind),
          GROUP: `${group}-${kind}`,
          SETTINGS: Object.entries(settings)
            .map(([setting, value]) => `, ${setting} = ${value}`)
            .join(''),
        };
        for (const file of ['queue', 'inbox', 'events', kind, 'read']) {
          await client.command({ query: sql(file, values) });
        }
      }
      return {};
    },
  };
}

/** As it comes: a block is a million messages, or what came in 7.5 seconds. */
export const engine = kafkaEngine('kafka engine', {});

/** The best that was found for a backlog: it never waits for a block to fill. */
export const tunedEngine = kafkaEngine('kafka engine, tuned', {
  kafka_max_block_size: 65_536,
  kafka_flush_interval_ms: 2_000,
  kafka_consumer_reschedule_ms: 10,
});

/** The best that was found for a quiet stream: it looks again at once, and takes what has come in a tenth of a second. */
export const promptEngine = kafkaEngine('kafka engine, tuned', {
  kafka_poll_timeout_ms: 50,
  kafka_flush_interval_ms: 100,
  kafka_consumer_reschedule_ms: 10,
});

function sql(file: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(import.meta.dirname, `${file}.sql`), 'utf8');
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
