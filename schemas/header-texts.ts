import { isUtf8 } from 'node:buffer';

/** Header values as text, by name; undefined for one without a value, or sent several times: none can tell which counts. */
export type HeaderTexts = Record<string, string | undefined>;

type HeaderValue = Uint8Array | string | null | undefined;
/** Header values as clients give them, by name: several of one name as a list, null for one without a value. */
export type HeaderValues = { readonly [name: string]: HeaderValue | readonly HeaderValue[] };

/**
 * The texts of the headers that make an event: `ce_…` and `traceparent`. What others travel with it is no concern of
 * ours, whatever bytes it has.
 * @returns undefined where one of them is not UTF-8
 */
export function headerTexts(headers: HeaderValues): HeaderTexts | undefined {
  const texts: HeaderTexts = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!isOurs(name)) continue;
    if ([value].flat().some((each) => each instanceof Uint8Array && !isUtf8(each))) return undefined;
    texts[name] = isSingle(value) ? textOf(value) : undefined;
  }
  return texts;
}

/** Whether a header is one of those that make an event. */
export function isOurs(name: string): boolean {
  return name.startsWith('ce_') || name === 'traceparent';
}

function isSingle(value: HeaderValues[string]): value is HeaderValue {
  return !Array.isArray(value);
}

function textOf(value: HeaderValue): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return value ?? undefined;
}
