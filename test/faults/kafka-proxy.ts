import { type Inspector, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { answeredRequest, FrameCutter, KAFKA_API, type KafkaRequest, readRequest } from './kafka-frames.ts';
import { Trap } from './trap.ts';

/** Who speaks to Kafka, by the name that it gives itself. */
const CLIENTS = { outbox: 'qiscus-stream-outbox', consumer: 'qiscus-stream-consumer' } as const;

/** Where to catch what: a request on its way in, or its answer on its way back. */
export type KafkaMoment = {
  readonly at: 'request' | 'answer';
  readonly api: keyof typeof KAFKA_API;
  readonly client: keyof typeof CLIENTS;
  /** Whether it waits there until the trap is released. */
  readonly hold: boolean;
};

export type KafkaProxy = TcpProxy & { trap(moment: KafkaMoment): Trap<KafkaRequest> };

type Traps = Record<KafkaMoment['at'], Set<Trap<KafkaRequest>>>;

/** A proxy before a Kafka that reads its protocol's heads, and can hold one kind of request or of answer. */
export async function startKafkaProxy(targetPort: number): Promise<KafkaProxy> {
  const traps: Traps = { request: new Set(), answer: new Set() };
  const proxy = await startTcpProxy(targetPort, () => inspector(traps));
  const trap = ({ at, api, client, hold }: KafkaMoment) => {
    const isIt = (request: KafkaRequest) =>
      request.api === KAFKA_API[api] && request.client === CLIENTS[client];
    const set = new Trap(isIt, hold);
    traps[at].add(set);
    return set;
  };
  return { ...proxy, trap };
}

function inspector(traps: Traps): Inspector {
  const open = new Map<number, KafkaRequest>();
  const cutters = { request: new FrameCutter(), answer: new FrameCutter() };
  return {
    async *request(bytes) {
      for (const frame of cutters.request.cut(bytes)) {
        const request = readRequest(frame);
        open.set(request.correlation, request);
        for (const trap of traps.request) await trap.pass(request);
        yield frame;
      }
    },
    async *answer(bytes) {
      for (const frame of cutters.answer.cut(bytes)) {
        const correlation = answeredRequest(frame);
        const request = open.get(correlation);
        open.delete(correlation);
        if (request !== undefined) for (const trap of traps.answer) await trap.pass(request);
        yield frame;
      }
    },
  };
}
