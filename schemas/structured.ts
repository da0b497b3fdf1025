import { type EventHead, toMessage } from './event.ts';

// JSON holds these only between its tokens, or in its strings: there they may stand escaped.
const LINE_ENDS = /[\r\n]/g;
const UNSEEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * An event as CloudEvents' structured mode has it: one JSON object in one line, without a character that a terminal
 * obeys. The payload stands in it as it was sent; one that is no JSON as `data_base64`.
 * @param payload the message's value
 */
export function structured(event: EventHead, payload: Buffer): string {
  const attributes = JSON.stringify({ ...attributesOf(event), datacontenttype: 'application/json' });
  return safe(`${attributes.slice(0, -1)},${dataOf(payload)}}`);
}

/** CloudEvents' attributes by their names, of which binary mode makes headers. */
function attributesOf(event: EventHead): Record<string, string> {
  const { 'content-type': _, ...headers } = toMessage({ ...event, payload: '' }).headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/^ce_/, ''), value]),
  );
}

function dataOf(payload: Buffer): string {
  const text = payload.toString();
  try {
    JSON.parse(text);
  } catch {
    return `"data_base64":"${payload.toString('base64')}"`;
  }
  return `"data":${text.replace(LINE_ENDS, ' ')}`;
}

function safe(json: string): string {
  return json.replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
