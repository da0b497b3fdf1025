import { isCanary } from '../schemas/canary.ts';
import { deadLetterRow } from './intake/dead-letter-row.ts';
import { decode, isDecoded } from './intake/decode.ts';
import { canaryRow } from './normalize/canary.ts';
import { eventRow } from './normalize/event.ts';
import { normalize } from './normalize/normalize.ts';
import {
  canaryTableRow,
  deadLetterTableRow,
  eventTableRow,
  factTableRow,
  written,
} from './persist/tables.ts';
import type { Failure, Source, UnwrittenRow, Work } from './work.ts';

/**
 * Stages 4 and 5: makes a Kafka message the work that it asks for. Pure: a replay asks for the same. It never
 * throws: thrown by one message, an error would stop its partition, and the process, again and again.
 */
export function prepare(source: Source, deadLetterTopic: string): Work {
  return prepareFor(source, deadLetterTopic, (rows) => rows.map(written));
}

/**
 * The same, its rows written by the caller.
 * @param write is given all rows of the message, once or not at all; what it throws is a failure of the message
 */
export function prepareFor<Row>(
  source: Source,
  deadLetterTopic: string,
  write: (rows: readonly UnwrittenRow[]) => readonly Row[],
): Work<Row> {
  try {
    const work = source.topic === deadLetterTopic ? letterWork(source) : eventWork(source);
    return { ...work, rows: write(work.rows) };
  } catch (error) {
    // The error's own text may quote the payload.
    const what = error instanceof Error ? error.name : 'unknown';
    return failed(source, { stage: 'decode', reason: `reading it threw an error (${what}): a bug of ours` });
  }
}

function letterWork(source: Source): Work<UnwrittenRow> {
  return { source, event: undefined, rows: [deadLetterTableRow(deadLetterRow(source))], failure: undefined };
}

function eventWork(source: Source): Work<UnwrittenRow> {
  const decoded = decode(source.message);
  if (!isDecoded(decoded)) return failed(source, { stage: 'decode', reason: decoded.problem });
  const { event, payload } = decoded;
  if (isCanary(event)) {
    return { source, event, rows: [canaryTableRow(canaryRow(event, source))], failure: undefined };
  }
  const stored = eventTableRow(eventRow(event, payload, source));
  if (event.kind === 'unrecognized') return { source, event, rows: [stored], failure: undefined };
  const normalized = normalize(event, payload.toString());
  if (normalized.outcome === 'refused') {
    return { source, event, rows: [stored], failure: { stage: 'normalize', reason: normalized.reason } };
  }
  if (normalized.outcome === 'none') return { source, event, rows: [stored], failure: undefined };
  return { source, event, rows: [stored, factTableRow(event.kind, normalized.row)], failure: undefined };
}

function failed(source: Source, failure: Failure): Work<never> {
  return { source, event: undefined, rows: [], failure };
}
