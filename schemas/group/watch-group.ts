import type { Consumer, ConsumerGroupJoinEvent } from 'kafkajs';
import type { Liveness } from './liveness.ts';
import type { Membership } from './membership.ts';

/** A consumer, and what is kept up to date with it. */
export interface Member {
  readonly consumer: Consumer;
  readonly membership: Membership;
  readonly liveness: Liveness;
}

/** Told what becomes of a member. */
export interface MemberWatch {
  readonly joined: (stay: ConsumerGroupJoinEvent['payload']) => void;
  /** It lost Kafka or its group, and starts again. */
  readonly lost: (error: Error) => void;
}

/** Keeps membership and liveness up to date with what kafkajs tells of its consumer. */
export function watchGroup({ consumer, membership, liveness }: Member, watch: MemberWatch): void {
  const { CONNECT, GROUP_JOIN, REBALANCING, HEARTBEAT, FETCH, CRASH, STOP } = consumer.events;
  consumer.on(CONNECT, () => liveness.sign());
  consumer.on(GROUP_JOIN, ({ payload }) => {
    liveness.joined();
    // No sooner: until then, kafkajs reads on behind what it has read.
    membership.renew();
    watch.joined(payload);
  });
  consumer.on(REBALANCING, () => {
    liveness.left();
    liveness.sign();
  });
  consumer.on(HEARTBEAT, () => liveness.sign());
  consumer.on(FETCH, () => liveness.sign());
  consumer.on(STOP, () => liveness.left());
  consumer.on(CRASH, ({ payload: { error, restart } }) => {
    liveness.left();
    liveness.sign();
    if (restart) watch.lost(error);
    else liveness.died(`kafkajs gave the consumer up: ${error.name}`);
  });
}
