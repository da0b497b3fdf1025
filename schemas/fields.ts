import { type } from 'arktype';

/**
 * Field types as the vendor really fills them. Types are built at module scope: inside a request, workerd refuses
 * the code generation that ArkType does.
 */

/**
 * An id that must be there: number or text, not empty, and short, as it becomes a Kafka key and a header beside the
 * body. Longer integers arrive as text; any other number beyond these limits has lost digits, and two that differ
 * would be one.
 */
export const requiredId = type('0 < string <= 255 | -9007199254740991 <= number <= 9007199254740991');
/** An id that may be missing or null. */
export const id = type('string | -9007199254740991 <= number <= 9007199254740991 | null');
/** Text, or a scalar where text is expected. */
export const text = type('string | number | boolean | null');
/** A flag as boolean, "true"/"false" or 1/0. */
export const flag = type('boolean | string | number | null');
/** A time in any of the vendor's spellings. */
export const time = type('string | number | null');
/** An object, or the same as JSON text (`room.options`, `extras`). */
export const objectOrText = type('object | string | null');
/** Newer payloads name the channel in an object of its own. */
export const channel = type({ 'id?': id, 'name?': text, 'source?': text }).or('string | null');
