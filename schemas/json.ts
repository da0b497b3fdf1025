/** A JSON object as a sender wrote it; nothing is known of its members yet. */
export type JsonObject = { [key: string]: unknown };

/** Whether a parsed JSON value is an object (not an array, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LONG = 16;
/** One outside of strings follows one of these; digits in a string, as of an id, rarely do. */
const LONG_INTEGER = /(?:^|[-[:,\s])\d{16}/;
const ZERO = 48;
const NINE = 57;
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON, and keeps integers that a double cannot hold as the digits that were sent: comment ids would
 * otherwise change in their last places without anyone noticing.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(text: string): unknown {
  if (!hasLongDigits(text) || !LONG_INTEGER.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, keepLongIntegers as (key: string, value: unknown) => unknown);
  } catch (error) {
    // The reviver recurses and the bare parser does not: text nested too deep for the one is fine for the other.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** Whether so many digits stand in a row: most texts have none, and a look at every sixteenth sign tells. */
function hasLongDigits(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let first = at;
    while (isDigit(text, first - 1)) first--;
    let end = at + 1;
    while (isDigit(text, end)) end++;
    if (end - first >= LONG) return true;
  }
  return false;
}

/** Not beyond the text's ends. */
function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= ZERO && code <= NINE;
}

function keepLongIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (Number.isSafeInteger(value)) return value;
  return context?.source !== undefined && INTEGER.test(context.source) ? context.source : value;
}

/** The JSON object that a text is; undefined where it is no JSON, or none that is an object. Never throws. */
export function objectIn(text: string): JsonObject | undefined {
  try {
    const parsed = parseJson(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/**
 * An object that the vendor sends now as JSON, now as JSON inside a string (`room.options`, `extras`).
 * Anything else, malformed text included, reads as an empty object: these fields only add detail.
 */
export function objectOrJsonText(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  return typeof value === 'string' ? (objectIn(value) ?? {}) : {};
}
