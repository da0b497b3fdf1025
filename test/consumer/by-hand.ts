import type { Message } from 'kafkajs';
import { clickHouseSink } from '../../consumer/persist/row-sink.ts';
import { prepare } from '../../consumer/prepare.ts';
import { deadLetterMessage } from '../../consumer/settle/dead-letter.ts';
import type { Source, TableRow, Work } from '../../consumer/work.ts';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { deadLetterTopic, topicOf } from '../../schemas/topics.ts';
import type { Database } from '../support/clickhouse.ts';

const PREFIX = 'q.';
const never = new AbortController().signal;

/** Puts the consumer's rows into ClickHouse without a consumer, so that a test can leave some out. */
export function byHand({ client }: Database) {
  const sink = clickHouseSink(client);
  const insert = async (rows: readonly TableRow[]) => {
    for (const [table, each] of Map.groupBy(rows, (row) => row.table)) {
      await sink.insert(table, { count: each.length, pieces: each.map(({ bytes }) => bytes) }, never);
    }
  };
  return {
    /** Events and their facts. */
    whole: (events: readonly StreamEvent[]) => insert(events.flatMap((event) => workOf(event).rows)),
    /** Events whose facts are lost. */
    withoutFacts: (events: readonly StreamEvent[]) =>
      insert(events.flatMap((event) => workOf(event).rows.slice(0, 1))),
    /** Facts whose events are lost. */
    factsAlone: (events: readonly StreamEvent[]) =>
      insert(events.flatMap((event) => workOf(event).rows.slice(1))),
    /** The dead letters of events, and nothing else of them. */
    dead: (events: readonly StreamEvent[]) => insert(events.flatMap(deadLetterRows)),
  };
}

function workOf(event: StreamEvent): Work {
  const source = sourceOf(topicOf(PREFIX, event.kind), toMessage(event), event.sequence);
  return prepare(source, deadLetterTopic(PREFIX));
}

function deadLetterRows(event: StreamEvent): readonly TableRow[] {
  const failure = { stage: 'insert', reason: 'a test' } as const;
  const topic = deadLetterTopic(PREFIX);
  const message = deadLetterMessage({ work: workOf(event), failure }, event.receivedMs);
  return prepare(sourceOf(topic, message, event.sequence), topic).rows;
}

function sourceOf(topic: string, { key = null, value, headers = {} }: Message, offset: number): Source {
  const bytes = (text: Message['value']) => (text === null ? null : Buffer.from(text));
  const message = {
    key: bytes(key),
    value: bytes(value),
    headers,
    timestamp: '0',
    attributes: 0,
    offset: `${offset}`,
  };
  return { topic, partition: 0, message };
}
