import { isEvent } from '../schemas/event.ts';
import { deadLetterRow } from './intake/dead-letter-row.ts';
import { decode } from './intake/decode.ts';
import { eventRow } from './normalize/event.ts';
import { normalize } from './normalize/normalize.ts';
import { DEAD_LETTERS_TABLE, EVENTS_TABLE, FACT_TABLES } from './persist/tables.ts';
import type { Source, Work } from './work.ts';

/** Stages 4 and 5: makes a Kafka message the work that it asks for. Pure: a replay asks for the same. */
export function prepare(source: Source, deadLetterTopic: string): Work {
  if (source.topic === deadLetterTopic) {
    const rows = [{ table: DEAD_LETTERS_TABLE, row: deadLetterRow(source) }];
    return { source, event: undefined, rows, failure: undefined };
  }
  const event = decode(source.message);
  if (!isEvent(event)) {
    return { source, event: undefined, rows: [], failure: { stage: 'decode', reason: event.problem } };
  }
  const work = { source, event, rows: [{ table: EVENTS_TABLE, row: eventRow(event, source) }] };
  const normalized = normalize(event);
  if (normalized.outcome === 'refused') {
    return { ...work, failure: { stage: 'normalize', reason: normalized.reason } };
  }
  if (normalized.outcome === 'none' || event.kind === 'unrecognized') return { ...work, failure: undefined };
  const fact = { table: FACT_TABLES[event.kind], row: normalized.row };
  return { ...work, rows: [...work.rows, fact], failure: undefined };
}
