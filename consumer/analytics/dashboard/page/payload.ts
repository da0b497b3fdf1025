import { ask } from './ask.ts';
import { h } from './elements.ts';
import { payloadNotKept } from './not-kept.ts';
import { type Answer, type Row, textOf } from './values.ts';
import type { View } from './view.ts';

const MINUTE_MS = 60_000;
/** A text, a sign, or anything else up to the next of them. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gu;
/** What does not show, or turns the letters after it round: told by its number. */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Asks for the payload of an event of a story. @param row has when it was received, local, and its ids */
export function askPayload(view: View, row: Row, signal: AbortSignal): Promise<Answer> {
  const receivedMs = Date.parse(`${textOf(row, 'received').replace(' ', 'T')}Z`);
  const local = (ms: number) => new Date(ms).toISOString().slice(0, 19);
  const asked = {
    app: textOf(row, 'app_id'),
    event: textOf(row, 'event_id'),
    tz: view.tz,
    from: local(receivedMs - MINUTE_MS),
    // Of an hour that the clock repeats, a local time is the first.
    to: local(receivedMs + 61 * MINUTE_MS),
  };
  return ask('event-payload', asked, signal);
}

/** A payload to read. */
export function payloadShown(answer: Answer, tz: string): HTMLElement {
  const [row] = answer.rows;
  if (row === undefined) return h('p', { class: 'state' }, payloadNotKept(answer, tz));
  const place = `${textOf(row, 'topic')} ${textOf(row, 'partition')}:${textOf(row, 'offset')}`;
  return h(
    'div',
    { class: 'payload' },
    h(
      'p',
      { class: 'hint' },
      `Event ${textOf(row, 'event_id')}, received ${textOf(row, 'received')}, ${place}`,
    ),
    h(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': 'Payload', dir: 'ltr' },
      indented(textOf(row, 'payload')),
    ),
  );
}

/** JSON with a line for each member, every number and text as it was sent: parsed, a long id would be rounded. */
export function indented(json: string): string {
  let depth = 0;
  let text = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  const tokens = json.match(TOKEN) ?? [];
  for (const [i, token] of tokens.entries()) {
    const isEmpty = (token === '{' || token === '[') && (tokens[i + 1] === '}' || tokens[i + 1] === ']');
    const closesEmpty = (token === '}' || token === ']') && (tokens[i - 1] === '{' || tokens[i - 1] === '[');
    if (token === '{' || token === '[') {
      depth++;
      text += isEmpty ? token : token + line();
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      text += closesEmpty ? token : line() + token;
    } else if (token === ',') text += token + line();
    else text += token === ':' ? ': ' : visible(token);
  }
  return text;
}

/** A text in which every sign shows. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
