import type { ClickHouseClient } from '@clickhouse/client';
import type { KafkaMessage, Message } from 'kafkajs';
import type { EventHead } from '../../../schemas/event.ts';
import { decode, isDecoded } from '../../intake/decode.ts';
import { dateTime } from '../../normalize/date-time-text.ts';
import { rowsOf } from '../../persist/clickhouse.ts';
import { EVENTS_TABLE, FACT_TABLES } from '../../persist/tables.ts';
import { deadLetterId } from '../../settle/dead-letter.ts';
import type { Letter } from './letters.ts';
import type { Place } from './send.ts';

/** What became of a dead letter. Only `normalized` means that all is well. */
export type Fate =
  /** It stands in its table. */
  | { readonly outcome: 'normalized'; readonly table: string }
  /** It failed again, and is an open dead letter, under `id`. */
  | {
      readonly outcome: 'refused again';
      readonly id: string;
      readonly stage: string;
      readonly reason: string;
    }
  /** It was sent, and the consumer has not told of it in time. */
  | { readonly outcome: 'in flight' }
  /** It was not sent, and is open as before. */
  | { readonly outcome: 'not sent'; readonly reason: string };

/** A dead letter that was sent through again, and what it can become. */
export interface Sent {
  readonly letter: Letter;
  /** The event that it is, if it can be decoded. */
  readonly event: EventHead | undefined;
  /** The ids under which it would be a dead letter if it failed again. */
  readonly againIds: readonly string[];
}

/** What to look for after a dead letter was sent and stands in its topic. */
export function sentLetter(letter: Letter, message: Message, { partition, offset }: Place): Sent {
  const read = { ...message, timestamp: '0', attributes: 0, offset } as KafkaMessage;
  const decoded = decode(read);
  const event = isDecoded(decoded) ? decoded.event : undefined;
  const placeId = deadLetterId(undefined, { topic: letter.topic, partition, message: read });
  return { letter, event, againIds: event === undefined ? [placeId] : [event.id, placeId] };
}

/** The fates that are known by now; those that are still in flight are not among them. */
export async function knownFates(
  client: ClickHouseClient,
  waiting: readonly Sent[],
): Promise<Map<Letter, Fate>> {
  const [standing, again] = await Promise.all([standingIds(client, waiting), failedAgain(client, waiting)]);
  const fates = new Map<Letter, Fate>();
  for (const { letter, event, againIds } of waiting) {
    const table = event && standing.get(event.id);
    const failure = againIds
      .map((id) => again.get(id))
      .find((row) => row !== undefined && row.failed_at > letter.failed_at);
    if (table !== undefined) fates.set(letter, { outcome: 'normalized', table });
    else if (failure !== undefined) {
      const { id, stage, reason } = failure;
      fates.set(letter, { outcome: 'refused again', id, stage, reason });
    }
  }
  return fates;
}

/** The view, and the hour that its table's sort key begins with. */
async function standingIds(client: ClickHouseClient, waiting: readonly Sent[]): Promise<Map<string, string>> {
  const events = waiting.flatMap(({ event }) => event ?? []);
  const byKind = Map.groupBy(events, ({ kind }) => kind);
  const found = await Promise.all(
    [...byKind].map(async ([kind, group]) => {
      const isFact = kind !== 'unrecognized';
      const table = isFact ? FACT_TABLES[kind] : EVENTS_TABLE;
      const times = group.map(({ occurredMs, receivedMs }) => (isFact ? occurredMs : receivedMs));
      const rows = await rowsOf<{ event_id: string }>(
        client,
        `SELECT DISTINCT event_id FROM {table:Identifier}
         WHERE {time:Identifier} BETWEEN {from:String} AND {to:String} AND event_id IN {ids:Array(String)}`,
        {
          table,
          time: isFact ? 'occurred_at' : 'received_at',
          from: dateTime(Math.min(...times)),
          to: dateTime(Math.max(...times)),
          ids: group.map(({ id }) => id),
        },
      );
      return rows.map(({ event_id }) => [event_id, table.replace(/_rows$/, '')] as const);
    }),
  );
  return new Map(found.flat());
}

type Again = Pick<Letter, 'id' | 'stage' | 'reason' | 'failed_at'>;

async function failedAgain(client: ClickHouseClient, waiting: readonly Sent[]): Promise<Map<string, Again>> {
  const ids = waiting.flatMap(({ againIds }) => againIds);
  const halves = [ids.slice(0, ids.length / 2), ids.slice(ids.length / 2)];
  const rows = await Promise.all(
    halves.map((half) =>
      rowsOf<Again>(
        client,
        'SELECT id, stage, reason, failed_at FROM dead_letters_rows FINAL WHERE id IN {ids:Array(String)}',
        { ids: half },
      ),
    ),
  );
  return new Map(rows.flat().map((row) => [row.id, row]));
}
