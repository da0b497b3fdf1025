/** What kafkajs makes of requests to produce, beside which ours is held. */
declare module 'kafkajs/src/protocol/requests/produce/v3/request.js' {
  export { default } from 'kafkajs/src/protocol/requests/produce/v7/request.js';
}
declare module 'kafkajs/src/protocol/requests/produce/v7/request.js' {
  import type { ProduceOptions } from 'kafkajs/src/protocol/requests/produce/index.js';

  export default function (options: ProduceOptions): { encode(): Promise<{ readonly buffer: Buffer }> };
}
declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function (bytes: Uint8Array): number;
}
