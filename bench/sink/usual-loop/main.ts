import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type } from 'arktype';
import { logLevel } from 'kafkajs';
import { Kafka } from '../../../schemas/kafka-client.ts';
import { eventTopics } from '../../../schemas/topics.ts';
import { rowsOf, type TableRow } from './rows.ts';

/**
 * What most write first: kafkajs's `eachMessage`, a thousand messages parsed and mapped, then a JSON insert for each
 * table, while nothing else goes on.
 */
const BATCH = 1_000;
/** What is left over when the stream is quiet is inserted then. */
const FLUSH_MS = 1_000;

const settings = type({
  '+': 'delete',
  KAFKA_BROKERS: 'string > 0',
  CLICKHOUSE_URL: 'string.url',
  CONSUMER_GROUP: 'string > 0',
}).assert(process.env);

const clickHouse = createClient({ url: settings.CLICKHOUSE_URL, log: { level: ClickHouseLogLevel.OFF } });
const kafka = new Kafka({
  brokers: [settings.KAFKA_BROKERS],
  clientId: 'usual-loop',
  logLevel: logLevel.NOTHING,
});
const consumer = kafka.consumer({ groupId: settings.CONSUMER_GROUP });

let rows: TableRow[] = [];
let messages = 0;

async function flush(): Promise<void> {
  const tables = Map.groupBy(rows, ({ table }) => table);
  rows = [];
  messages = 0;
  for (const [table, group] of tables) {
    await clickHouse.insert({ table, values: group.map(({ row }) => row), format: 'JSONEachRow' });
  }
}

setInterval(() => void flush(), FLUSH_MS);
process.once('disconnect', () => process.exit());
await consumer.connect();
await consumer.subscribe({ topics: eventTopics('qiscus.'), fromBeginning: true });
await consumer.run({
  eachMessage: async (payload) => {
    rows.push(...rowsOf(payload));
    messages++;
    if (messages >= BATCH) await flush();
  },
});
