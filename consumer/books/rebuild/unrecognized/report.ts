import type { Extent } from '../options.ts';
import { notReached, notReachedInText } from '../reach.ts';
import { counted, sampleLines, timeOrNull } from '../report.ts';
import type { Place } from './claims.ts';
import type { Found } from './findings.ts';

/** What was found, for a program: one JSON object. */
export function foundInJson({ fromMs, toMs, app }: Extent, { gone, ...found }: Found): string {
  const what = { from: timeOrNull(fromMs), to: timeOrNull(toMs), app: app ?? null };
  return JSON.stringify({ ...what, ...found, not_kept: notReached(undefined, gone) });
}

/** What was found, for people. */
export function foundInText(found: Found): string {
  const { events, facts, redeliveries, withdrawn, refused, stillUnrecognized, isApplied } = found;
  const lines = [`${events} unrecognized events looked at again; ${stillUnrecognized} stay unrecognized.`];
  if (has(facts)) {
    lines.push(isApplied ? 'They are facts now:' : 'They would become facts:', '');
    lines.push(counted('kind', 'events', facts), ...found.samples.flatMap(sampleLines));
  }
  if (has(withdrawn)) {
    const done = isApplied ? 'taken back' : 'to be taken back';
    lines.push(`Facts of earlier runs that were delivered again since and count twice, ${done}:`, '');
    lines.push(counted('kind', 'events', withdrawn));
  }
  if (has(redeliveries)) {
    lines.push('Redeliveries of events that are counted already, left as they are:', '');
    lines.push(counted('kind', 'events', redeliveries));
  }
  for (const { event, countedAs } of found.redeliverySamples) {
    lines.push(`${inWords(event)}: already counted as ${inWords(countedAs)}`);
  }
  if (has(refused)) {
    lines.push('Recognized, but refused; left as they are:', '', counted('reason', 'events', refused));
  }
  lines.push(...notReachedInText(undefined, found.gone));
  if (!has(facts) && !has(withdrawn)) lines.push('Nothing changes.');
  else lines.push(isApplied ? 'Applied.' : 'Nothing was changed. Add --apply to do so.');
  return lines.join('\n');
}

const has = (counts: Readonly<Record<string, number>>) => Object.keys(counts).length > 0;

function inWords({ event_id, outbox, sequence }: Place): string {
  return `${event_id} (${outbox}, ${sequence})`;
}
