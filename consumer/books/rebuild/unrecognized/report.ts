import type { Extent } from '../options.ts';
import { counted, sampleLines, timeOrNull } from '../report.ts';
import type { Place } from './claims.ts';
import type { Found } from './findings.ts';

/** What was found, for a program: one JSON object. */
export function foundInJson({ fromMs, toMs, app }: Extent, found: Found): string {
  return JSON.stringify({ from: timeOrNull(fromMs), to: timeOrNull(toMs), app: app ?? null, ...found });
}

/** What was found, for people. */
export function foundInText(found: Found): string {
  const { events, facts, redeliveries, refused, stillUnrecognized, samples, isApplied } = found;
  const lines = [`${events} unrecognized events looked at again; ${stillUnrecognized} are as unrecognized.`];
  const some = Object.keys(facts).length > 0;
  if (some) {
    lines.push(isApplied ? 'They are facts now:' : 'They would become facts:', '');
    lines.push(counted('kind', 'events', facts), ...samples.flatMap(sampleLines));
  }
  if (Object.keys(redeliveries).length > 0) {
    lines.push('Redeliveries of events that are counted already, left as they are:', '');
    lines.push(counted('kind', 'events', redeliveries));
    for (const { event, countedAs } of found.redeliverySamples) {
      lines.push(`${inWords(event)}: already counted as ${inWords(countedAs)}`);
    }
  }
  if (Object.keys(refused).length > 0) {
    lines.push('Recognized, but refused; left as they are:', '', counted('reason', 'events', refused));
  }
  if (!some) lines.push('Nothing changes.');
  else lines.push(isApplied ? 'Applied.' : 'Nothing was changed. Add --apply to do so.');
  return lines.join('\n');
}

function inWords({ event_id, outbox, sequence }: Place): string {
  return `${event_id} (${outbox}, ${sequence})`;
}
