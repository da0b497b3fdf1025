import type { DiskFaults } from './disk.ts';
import type { Kafka } from './kafka.ts';
import type { Simulation } from './simulation.ts';

const TOPIC_TROUBLES = [
  'NOT_ENOUGH_REPLICAS',
  'KAFKA_STORAGE_ERROR',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
];

/** Has the cluster misbehave until a time, in the ways and as often as the seed says. */
export function troubleKafka(sim: Simulation, kafka: Kafka, untilMs: number): void {
  const { random } = sim;
  const often = () => random.pick([0, 0, 0.02, 0.1, 0.3]);
  const { faults } = kafka;
  Object.assign(faults, {
    loseRequest: often(),
    loseAnswer: often(),
    breakHalfway: often(),
    slow: often() / 3,
  });
  const topics = [...new Set(kafka.partitions.map(({ topic }) => topic))];

  const breakBroker = () => {
    const node = random.pick(kafka.brokers);
    faults.downBrokers.add(node);
    sim.note(`broker ${node} is down`);
    sim.schedule(random.between(50, 12_000), () => faults.downBrokers.delete(node));
  };
  const breakTopic = () => {
    const topic = random.pick(topics);
    faults.topics.set(topic, random.pick(TOPIC_TROUBLES));
    sim.note(`${topic} answers ${faults.topics.get(topic)}`);
    sim.schedule(random.between(50, 12_000), () => faults.topics.delete(topic));
  };
  for (const trouble of [() => moveLeaders(sim, kafka), breakBroker, breakTopic]) {
    repeat(sim, random.pick([Infinity, 20_000, 4_000, 600]), untilMs, trouble);
  }
  sim.schedule(untilMs - sim.nowMs, () => {
    Object.assign(faults, { loseRequest: 0, loseAnswer: 0, breakHalfway: 0, slow: 0 });
    faults.downBrokers.clear();
    faults.topics.clear();
    sim.note('the cluster is well again');
  });
}

/** Partitions move from broker to broker ten times a second until a time, and requests to them are lost. */
export function shuffleLeaders(sim: Simulation, { kafka }: { readonly kafka: Kafka }, untilMs: number): void {
  kafka.faults.loseRequest = 0.3;
  repeat(sim, 100, untilMs, () => moveLeaders(sim, kafka));
  sim.schedule(untilMs - sim.nowMs, () => Object.assign(kafka.faults, { loseRequest: 0 }));
}

function moveLeaders({ random }: Simulation, kafka: Kafka): void {
  for (const partition of kafka.partitions) {
    if (random.chance(0.4)) partition.leader = random.pick(kafka.brokers);
  }
}

/** How objects are troubled. */
export interface ObjectTroubles {
  readonly disk: DiskFaults;
  readonly clockSkewMs: number;
}

export const NO_TROUBLES: ObjectTroubles = { disk: { refuseWrite: 0, slow: 0 }, clockSkewMs: 0 };

/** Disks that refuse and clocks that are off, as often as the seed says. */
export function objectTroubles({ random }: Simulation): ObjectTroubles {
  const disk = { refuseWrite: random.pick([0, 0, 0.01, 0.1]), slow: random.pick([0, 0.1]) };
  return { disk, clockSkewMs: random.pick([0, 3_000]) };
}

/** Does something again and again, `everyMs` apart on average, until a time. */
export function repeat(sim: Simulation, everyMs: number, untilMs: number, work: () => void): void {
  const waitMs = sim.random.between(0, 2 * everyMs);
  if (sim.nowMs + waitMs >= untilMs || everyMs === Infinity) return;
  const again = () => {
    work();
    repeat(sim, everyMs, untilMs, work);
  };
  sim.schedule(waitMs, again);
}
