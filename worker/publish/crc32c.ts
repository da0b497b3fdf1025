/** CRC-32C (Castagnoli), its polynomial with the bits reversed, as Kafka's record batches carry it. */
const POLYNOMIAL = 0x82f63b78;
const BYTES = 256;
/** So many bytes are taken in at a time. */
const SLICES = 8;

/** Table k, at 256 k, holds what a byte adds to the checksum when k more bytes come after it. */
const TABLES = new Int32Array(SLICES * BYTES);
for (let byte = 0; byte < BYTES; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  TABLES[byte] = crc;
}
for (let index = BYTES; index < TABLES.length; index++) {
  const before = at(index - BYTES);
  TABLES[index] = at(before & 0xff) ^ (before >>> 8);
}

/** The checksum of a stretch of bytes, by the algorithm "slicing-by-8": unsigned, 32 bits. */
export function crc32c(view: DataView, start: number, end: number): number {
  let crc = -1;
  let from = start;
  for (const lastFull = end - SLICES; from <= lastFull; from += SLICES) {
    const low = crc ^ view.getInt32(from, true);
    const high = view.getInt32(from + 4, true);
    crc =
      at(7 * BYTES + (low & 0xff)) ^
      at(6 * BYTES + ((low >>> 8) & 0xff)) ^
      at(5 * BYTES + ((low >>> 16) & 0xff)) ^
      at(4 * BYTES + (low >>> 24)) ^
      at(3 * BYTES + (high & 0xff)) ^
      at(2 * BYTES + ((high >>> 8) & 0xff)) ^
      at(BYTES + ((high >>> 16) & 0xff)) ^
      at(high >>> 24);
  }
  for (; from < end; from++) crc = at((crc ^ view.getUint8(from)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function at(index: number): number {
  return TABLES[index] ?? 0;
}
