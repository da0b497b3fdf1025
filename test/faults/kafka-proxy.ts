import { type Inspector, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { answeredRequest, FrameCutter, KAFKA_API, type KafkaRequest, readRequest } from './kafka-frames.ts';
import { answerRefused, refuse } from './kafka-refusal.ts';
import { passAll, Trap } from './trap.ts';

/** Who speaks to Kafka, by the name that it gives itself. */
const CLIENTS = { outbox: 'qiscus-stream-outbox', consumer: 'qiscus-stream-consumer' } as const;

/** Where to catch what: a request on its way in, or its answer on its way back. */
export type KafkaMoment = {
  readonly at: 'request' | 'answer';
  readonly api: keyof typeof KAFKA_API;
  readonly client: keyof typeof CLIENTS;
  /** Whether it waits there, to be lost when the trap is dropped. */
  readonly hold: boolean;
};

/** Writes to these topics are answered with one of Kafka's errors, in its place. */
export type Refused = { readonly topics: readonly string[]; readonly error: number };

export type KafkaProxy = TcpProxy & {
  trap(moment: KafkaMoment): Trap<KafkaRequest>;
  refuseWrites(refused: Refused | undefined): void;
};

type State = {
  readonly traps: Record<KafkaMoment['at'], Set<Trap<KafkaRequest>>>;
  refused: Refused | undefined;
  refusals: number;
};

/**
 * A proxy before a Kafka that reads its protocol: it can hold one kind of request or of answer, and refuse writes in
 * Kafka's place.
 */
export async function startKafkaProxy(targetPort: number): Promise<KafkaProxy> {
  const state: State = { traps: { request: new Set(), answer: new Set() }, refused: undefined, refusals: 0 };
  const proxy = await startTcpProxy(targetPort, () => inspector(state));
  return {
    ...proxy,
    disturbed: () => proxy.disturbed() + state.refusals,
    refuseWrites: (refused) => {
      state.refused = refused;
    },
    trap: ({ at, api, client, hold }) => {
      const isIt = (request: KafkaRequest) =>
        request.api === KAFKA_API[api] && request.client === CLIENTS[client];
      const trap = new Trap(isIt, hold);
      state.traps[at].add(trap);
      return trap;
    },
  };
}

function inspector(state: State): Inspector {
  const open = new Map<number, { request: KafkaRequest; refused: readonly Buffer[] }>();
  const cutters = { request: new FrameCutter(), answer: new FrameCutter() };
  return {
    async *request(bytes) {
      for (const frame of cutters.request.cut(bytes)) {
        const request = readRequest(frame);
        if (!(await passAll(state.traps.request, request))) continue;
        const { passed, refused } = withoutRefused(state, request, frame);
        open.set(request.correlation, { request, refused });
        yield passed;
      }
    },
    async *answer(bytes) {
      for (const frame of cutters.answer.cut(bytes)) {
        const asked = open.get(answeredRequest(frame));
        if (asked === undefined) {
          yield frame;
          continue;
        }
        open.delete(asked.request.correlation);
        if (!(await passAll(state.traps.answer, asked.request))) continue;
        yield asked.refused.length === 0 ? frame : answerRefused(frame, asked.refused);
      }
    },
  };
}

function withoutRefused(state: State, { api }: KafkaRequest, frame: Buffer) {
  const { refused } = state;
  if (refused === undefined || api !== KAFKA_API.produce) return { passed: frame, refused: [] };
  const { request, answers } = refuse(frame, refused.error, (topic) => refused.topics.includes(topic));
  if (answers.length > 0) state.refusals++;
  return { passed: request, refused: answers };
}
