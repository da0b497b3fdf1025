import type { ClickHouseClient } from '@clickhouse/client';
import { rowsOf } from '../../persist/clickhouse.ts';
import type { Month } from './months.ts';
import { EVENTS, type Retained } from './retained.ts';

/** Why a month's books are not balanced, and its partition is held. */
export interface Trouble {
  readonly month: Month;
  readonly outbox: string;
  /** A kind of event, or * for the outbox as a whole. */
  readonly kind: string;
  readonly what: keyof typeof WHAT_TO_DO;
}

/** What each is mended by. */
export const WHAT_TO_DO = {
  missing: 'npm run audit names the numbers that are missing',
  'open dead letters': 'npm run redrive sends them through again, or dismisses them',
  'facts without event': 'npm run audit names the kind, npm run rebuild -- --table … --apply takes them out',
  'counted twice': 'npm run rebuild -- --table … --apply takes the second rows out',
  foreign: 'npm run audit tells of events that no outbox gave out: delete their rows',
} as const;

/** More numbers than these are not looked up one by one: every month that the outbox has events in is held. */
const MOST_NUMBERS = 100_000;

/**
 * What the audit complains of, by the number; of very many, and of facts without event, which have none, the outbox.
 * That two events share a number is no such thing: it is never mended, and the books say it of what is dropped as well.
 */
const COMPLAINTS = `
    -- Read once: what stands in a view's place is planned anew at each of its places.
    (
      SELECT groupArray((outbox, kind, missing, unexpected, missing_sequences))
      FROM audit WHERE missing > 0 OR (unexpected > 0 AND kind != '*')
    ) AS lines,
    complaints AS
    (
      SELECT line.1 AS outbox, line.2 AS kind, line.3 AS missing, line.4 AS unexpected, line.5 AS gaps
      FROM (SELECT arrayJoin(lines) AS line)
    ),
    -- A number that is missing in events has no month: its neighbours' are held.
    numbers AS
    (
      SELECT outbox, kind,
        arrayJoin(if(kind = '*', [toUInt64(gap.1 - 1), gap.2 + 1], range(gap.1, gap.2 + 1))) AS sequence
      FROM (SELECT outbox, kind, arrayJoin(gaps) AS gap FROM complaints WHERE missing <= ${MOST_NUMBERS})
    ),
    wholes AS
    (
      SELECT outbox, kind, if(missing > ${MOST_NUMBERS}, 'missing', 'facts without event') AS what
      FROM complaints WHERE missing > ${MOST_NUMBERS} OR (unexpected > 0 AND kind != '*')
    ),
    foreign AS (SELECT toString(outbox) AS outbox, sequence FROM foreign_places FINAL WHERE is_foreign)`;

/** By when they were received: of events, and of dead letters that may be a gap's neighbour. */
const OF_EVENTS = `
  WITH ${COMPLAINTS},
    places AS
    (
      SELECT toYYYYMM(received_at) AS month, toString(outbox) AS outbox, sequence FROM event_numbers
      WHERE (outbox, page, sequence) IN (
          SELECT outbox, intDiv(sequence, 16384), sequence FROM numbers UNION ALL
          SELECT outbox, intDiv(sequence, 16384), sequence FROM foreign
        )
      UNION ALL
      SELECT toYYYYMM(received_at), toString(outbox), sequence FROM dead_letter_places
    ),
    standing AS
    (
      SELECT DISTINCT toYYYYMM(received_at) AS month, toString(outbox) AS outbox FROM event_numbers
      WHERE outbox IN (SELECT outbox FROM wholes)
    ),
    troubles AS
    (
      SELECT month, outbox, kind, 'missing' AS what
      FROM places INNER JOIN numbers ON numbers.outbox = places.outbox AND numbers.sequence = places.sequence
      UNION ALL
      SELECT month, outbox, kind, what FROM standing INNER JOIN wholes ON wholes.outbox = standing.outbox
      UNION ALL
      SELECT month, outbox, '*', 'foreign' FROM places WHERE (outbox, sequence) IN (SELECT outbox, sequence FROM foreign)
      UNION ALL
      SELECT toYYYYMM(received_at), toString(outbox), toString(kind), 'open dead letters'
      FROM dead_letter_places WHERE NOT is_dismissed
      UNION ALL
      SELECT toYYYYMM(place.1), place.2, kind, 'counted twice'
      FROM (SELECT kind, arrayJoin(places) AS place FROM repeated_events WHERE table_rows > 1)
    )
  SELECT DISTINCT month, outbox, kind, what FROM troubles
  WHERE has({months:Array(UInt32)}, month) ORDER BY month, outbox, kind, what`;

/**
 * By when they happened. An event that is missing may be a message: should it come after all, it is dropped with the next
 * run.
 */
const OF_MESSAGES = `
  WITH ${COMPLAINTS},
    lacking AS
    (
      SELECT toYYYYMM(occurred_at) AS month, toString(outbox) AS outbox FROM events
      WHERE (toStartOfHour(received_at), outbox, sequence) IN (
        SELECT toStartOfHour(received_at), outbox, sequence FROM event_numbers
        WHERE (outbox, page, sequence) IN (
          SELECT outbox, intDiv(sequence, 16384), sequence FROM numbers WHERE kind = 'message'
        ))
    ),
    troubles AS
    (
      SELECT month, outbox, 'missing' AS what FROM lacking
      UNION ALL
      SELECT toYYYYMM(occurred_at), toString(outbox), wholes.what
      FROM messages_rows INNER JOIN (SELECT outbox, what FROM wholes WHERE kind = 'message') AS wholes
        ON wholes.outbox = toString(messages_rows.outbox)
      WHERE has({months:Array(UInt32)}, toYYYYMM(occurred_at))
      UNION ALL
      SELECT toYYYYMM(occurred_at), toString(outbox), 'foreign' FROM messages_rows
      WHERE has({months:Array(UInt32)}, toYYYYMM(occurred_at)) AND (outbox, sequence) IN (SELECT outbox, sequence FROM foreign)
      UNION ALL
      SELECT toYYYYMM(occurred_at), tryBase64Decode(headers['ce_outbox']), 'open dead letters'
      FROM dead_letters WHERE is_open AND kind = 'message'
      UNION ALL
      SELECT toYYYYMM(occurred_at), toString(outbox), 'counted twice' FROM messages_rows
      WHERE has({months:Array(UInt32)}, toYYYYMM(occurred_at))
        AND event_id IN (SELECT event_id FROM repeated_events WHERE table_rows > 1 AND kind = 'message')
    )
  SELECT DISTINCT month, outbox, 'message' AS kind, what FROM troubles
  WHERE has({months:Array(UInt32)}, month) ORDER BY month, outbox, what`;

/** Why some of these months cannot be dropped; those that can are not named. @throws what ClickHouse's client throws */
export function troublesOf(
  client: ClickHouseClient,
  retained: Retained,
  months: readonly Month[],
): Promise<Trouble[]> {
  return rowsOf<Trouble>(client, retained === EVENTS ? OF_EVENTS : OF_MESSAGES, { months });
}
