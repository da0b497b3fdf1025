/** A part of kafkajs that it does not export: Produce requests, as far as `produce-request.ts` makes them. */
declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  interface Produce {
    protocol: (of: { readonly version: number }) => (options: ProduceOptions) => {
      readonly request: { readonly encode: () => Promise<{ readonly buffer: Buffer }> };
      readonly response: unknown;
    };
  }
  /** What goes to one broker. */
  export interface ProduceOptions {
    readonly acks: number;
    readonly timeout: number;
    readonly compression?: number | undefined;
    readonly transactionalId?: string | undefined;
    readonly producerId: string | number;
    readonly producerEpoch: number;
    readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[];
  }
  interface PartitionData {
    readonly partition: number;
    readonly firstSequence: number;
    readonly messages: readonly {
      readonly key: string;
      readonly value: string;
      readonly headers: Record<string, string>;
    }[];
  }
  const produce: Produce;
  export default produce;
}
