import { FACT_TABLES } from '../../persist/tables.ts';
import type { Line } from './line.ts';
import { inWords } from './ranges.ts';

const SHOWN = 5;

/** What a line of the books tells beside its numbers, each in a sentence: what is wrong, where, and what to do. */
export function complaints(line: Line): string[] {
  const { outbox, kind, missing, missing_sequences, unsettled, unsettled_sequences } = line;
  const { unexpected, lost_storage } = line;
  const whole = kind === '*';
  const where = whole ? 'in events' : `in the table of ${kind}, though in events`;
  const strangers = whole
    ? `${outbox}: ${unexpected} events have the number of another. It lost its storage, and counts from 1 again.`
    : `${outbox}: ${unexpected} rows in the table of ${kind} have no event.`;
  return [
    ...(missing > 0 ? [`${outbox}: missing ${where}: ${inWords(missing_sequences)}.`] : []),
    ...(unsettled > 0 ? [`${outbox}: not yet ${where}: ${inWords(unsettled_sequences)}.`] : []),
    ...(unexpected > 0 ? [strangers] : []),
    ...foreign(line),
    ...setAside(line),
    ...(whole ? [] : repeated(line)),
    ...(lost_storage ? [`${outbox}: it has accepted less than stands here. It lost its storage.`] : []),
  ];
}

function foreign({ outbox, foreign: places, foreign_counted: counted, accepted }: Line): string[] {
  if (places === 0) return [];
  const effect =
    counted > 0 ? `Answers count ${counted} of them.` : 'They are dead letters, which no answer counts.';
  return [
    `${outbox}: ${places} foreign: above the ${accepted ?? 'few'} that it has accepted, so it did not send them. ` +
      `${effect} The table foreign_places has their numbers. Look who else may write to the topics, and let the Worker alone.`,
  ];
}

function setAside({ outbox, set_aside: total, set_aside_events: events }: Line): string[] {
  if (total === 0) return [];
  const named = events
    .slice(0, SHOWN)
    .map(({ sequence, id, kind, bytes, reason }) => `${sequence} (${kind} ${id}, ${bytes} bytes, ${reason})`);
  const more = total > named.length ? ` and ${total - named.length} more` : '';
  return [
    `${outbox}: refused by Kafka, kept and tried again every hour: ${named.join(', ')}${more}. ` +
      'Let Kafka take them, such as with a larger max.message.bytes of their topic.',
  ];
}

function repeated({ outbox, kind, repeated, repeated_sequences, counted_twice }: Line): string[] {
  if (repeated === 0) return [];
  const numbers = inWords(repeated_sequences);
  const once =
    kind === 'unrecognized' ? 'They stand in events alone' : `The table of ${kind} counts each event once`;
  const twice =
    `The table of ${kind} counts ${counted_twice} of them twice (the view repeated_events has both places of each): ` +
    `npm run rebuild -- --table ${viewOf(kind)} --apply takes the second rows out`;
  return [
    `${outbox}: accepted before, under another number or in another outbox: ${numbers} (${kind}). ` +
      `${counted_twice > 0 ? twice : once}.`,
  ];
}

function viewOf(kind: string): string {
  const found = Object.entries(FACT_TABLES).find(([each]) => each === kind);
  return found?.[1].replace(/_rows$/, '') ?? kind;
}
