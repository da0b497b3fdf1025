/** Numbers of Kafka's requests, as they stand in its protocol. */
export const KAFKA_API = {
  produce: 0,
  fetch: 1,
  offsetCommit: 8,
  joinGroup: 11,
  heartbeat: 12,
  syncGroup: 14,
} as const;

/** What a request says of itself. */
export type KafkaRequest = { readonly api: number; readonly correlation: number; readonly client: string };

const LENGTH_BYTES = 4;

/** Cuts a stream of bytes into Kafka's frames, each with its length before it. */
export class FrameCutter {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next bytes; gives the frames that are complete now. */
  cut(bytes: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#rest.readInt32BE(0);
      if (this.#rest.length < end) break;
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** Reads the head of a request: its kind, its number on this connection, and who sends it. */
export function readRequest(frame: Buffer): KafkaRequest {
  const nameLength = frame.readInt16BE(12);
  return {
    api: frame.readInt16BE(4),
    correlation: frame.readInt32BE(8),
    client: frame.toString('utf8', 14, 14 + Math.max(0, nameLength)),
  };
}

/** The number of the request that a frame answers. */
export function answeredRequest(frame: Buffer): number {
  return frame.readInt32BE(LENGTH_BYTES);
}
