import { h } from './elements.ts';
import { wallClock } from './numbers.ts';
import type { Answer } from './values.ts';

/** Stories that tell messages; an agent's day has none. */
const WITH_MESSAGES: ReadonlySet<string> = new Set(['room-story', 'customer-day']);

/** Says which messages of a story's period are no longer kept; nothing where all are. */
export function messagesNotKept(answer: Answer, name: string, tz: string): HTMLElement[] {
  const { messages_kept_from: keptFrom = null } = answer;
  if (!WITH_MESSAGES.has(name) || !reaches(answer, keptFrom, tz)) return [];
  return [h('p', { class: 'hint not-kept' }, `Messages before ${minute(keptFrom)} are no longer kept.`)];
}

/** Why a payload is not there. */
export function payloadNotKept(answer: Answer, tz: string): string {
  const { events_kept_from: keptFrom = null } = answer;
  if (!reaches(answer, keptFrom, tz)) return 'The event is not stored, or no longer.';
  return `Payloads of events received before ${minute(keptFrom)} are no longer kept.`;
}

/** Whether a period begins before all was kept. */
function reaches({ from }: Answer, keptFrom: string | null, tz: string): keptFrom is string {
  return keptFrom !== null && wallClock(Date.parse(from), tz) < keptFrom;
}

const minute = (local: string) => local.slice(0, 16);
