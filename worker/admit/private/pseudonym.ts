import { createHmac } from 'node:crypto';
import { isNoId, text } from '../../../schemas/values.ts';

/** Gives a value another one in its place: always the same, from which nobody without the key can tell it. */
export type Pseudonymize = (value: string) => string;

const DIGITS = /^\d+$/;
/** Longer than any phone number, and in the range of the columns for ids: nobody takes one for the other. */
const LEAST_NUMBER = 10n ** 18n;
const NUMBERS = 8n * 10n ** 18n;

/**
 * Pseudonyms of an app's values, by HMAC-SHA256 with the key. Digits get digits, so that an id stays one in every
 * column; an e-mail address gets an address, of a domain that cannot be (RFC 2606). What means "none" stays.
 */
export function createPseudonymize(key: string, app: string): Pseudonymize {
  return (value) => {
    if (value.trim() === '' || isNoId(value)) return value;
    const digest = keyedDigest(key, ['value', app, value]);
    if (DIGITS.test(value)) return String(LEAST_NUMBER + (BigInt(`0x${digest.slice(0, 32)}`) % NUMBERS));
    const name = digest.slice(0, 32);
    return value.includes('@') ? `${name}@pseudonym.invalid` : `pseudonym-${name}`;
  };
}

/**
 * An event's id, keyed: a plain hash could be guessed from what else is known of the event, and would tell when the
 * guess at what was taken out is right.
 */
export function keyedId(key: string, id: string): string {
  return keyedDigest(key, ['id', id]).slice(0, 32);
}

/** The text of a scalar that stands in JSON text, as pseudonyms are made of it; undefined for null and flags. */
export function scalarText(json: string): string | undefined {
  if (json === 'null' || json === 'true' || json === 'false') return undefined;
  // A long integer would lose its last digits.
  return DIGITS.test(json) ? json : text(JSON.parse(json));
}

/** 64 hex digits. Parts are hashed as a JSON list: no two different lists of parts look the same. */
function keyedDigest(key: string, parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex');
}
