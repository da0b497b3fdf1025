const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The partition of a key, as kafkajs's default partitioner and the Java client choose it (murmur2), without the
 * library's detour over numbers of any size.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  const full = length - (length % 4);
  let hash = SEED ^ length;
  for (let at = 0; at < full; at += 4) {
    const k = Math.imul(bytes.readInt32LE(at), M);
    hash = Math.imul(hash, M) ^ Math.imul(k ^ (k >>> 24), M);
  }
  if (full < length) hash = Math.imul(hash ^ bytes.readUIntLE(full, length - full), M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
