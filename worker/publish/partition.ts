const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const encoder = new TextEncoder();
/** Room for the keys that there are; a longer one gets a buffer of its own. */
const SCRATCH = new Uint8Array(768);
/** The most that a character of UTF-16 takes in UTF-8. */
const MOST_BYTES = 3;

/**
 * The partition of a key, as kafkajs's default partitioner and the Java client choose it (murmur2), without the
 * library's detour over numbers of any size.
 */
export function partitionOf(key: string, partitions: number): number {
  const isShort = key.length * MOST_BYTES <= SCRATCH.length;
  const bytes = isShort ? SCRATCH : encoder.encode(key);
  const length = isShort ? encoder.encodeInto(key, SCRATCH).written : bytes.length;
  return (murmur2(new DataView(bytes.buffer, bytes.byteOffset, length)) & 0x7fffffff) % partitions;
}

function murmur2(bytes: DataView): number {
  const length = bytes.byteLength;
  const full = length - (length % 4);
  let hash = SEED ^ length;
  for (let at = 0; at < full; at += 4) {
    const k = Math.imul(bytes.getInt32(at, true), M);
    hash = Math.imul(hash, M) ^ Math.imul(k ^ (k >>> 24), M);
  }
  if (full < length) hash = Math.imul(hash ^ restOf(bytes, full), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** The last one to three bytes as a number, the first of them its lowest. */
function restOf(bytes: DataView, start: number): number {
  let rest = 0;
  for (let at = bytes.byteLength - 1; at >= start; at--) rest = (rest << 8) | bytes.getUint8(at);
  return rest;
}
