import { RETRY_WINDOW_MS } from '../../../schemas/identify.ts';
import { topicOf } from '../../../schemas/topics.ts';
import { KINDS } from '../../../schemas/webhooks.ts';
import type { KeeperPorts } from '../../../worker/outbox/keeper.ts';
import { CLIENT_RETRY, type CreateClient, KafkaSender } from '../../../worker/publish/kafka-sender.ts';
import { Kafka } from './kafka.ts';
import { kafkaClient } from './kafka-client.ts';
import { type CreatePorts, ObjectHost } from './object-host.ts';
import { checkOutbox } from './outbox-checks.ts';
import type { Simulation } from './simulation.ts';
import { Vendor } from './vendor.ts';
import { troubleKafka, troubleObject } from './weather.ts';

export const PREFIX = 'qiscus.';
const LIMITS = { maxBytes: 1_000_000, dedupMs: 30 * 86_400_000, retryWindowMs: RETRY_WINDOW_MS };
const KAFKA_SETTINGS = { KAFKA_BROKERS: [], KAFKA_SSL: false, TOPIC_PREFIX: PREFIX };
/** Nobody has to lend a hand: so long after the last fault, all that is pending must be through. */
const RECOVERY_MS = 60_000;
/** Requests that were sent before a fault may be served so much later. */
const AFTERMATH_MS = 45_000;

/** The outbox as it is, or with one thing broken, to show that the simulation notices. */
export interface Variant {
  readonly ports?: (ports: KeeperPorts) => KeeperPorts;
  readonly sender?: (sender: KafkaSender, kafka: Kafka) => KeeperPorts['sender'];
  readonly client?: (client: ReturnType<CreateClient>) => ReturnType<CreateClient>;
}

/** An outbox, its vendor and its Kafka, with troubles for as long as webhooks come in. */
export class OutboxWorld {
  readonly kafka: Kafka;
  readonly host: ObjectHost;
  readonly vendor: Vendor;
  readonly calmAtMs: number;
  readonly events: number;
  readonly #sim: Simulation;
  #settledAtMs: number | undefined;

  constructor(sim: Simulation, variant: Variant = {}) {
    const { random } = sim;
    this.#sim = sim;
    this.kafka = new Kafka(sim, {
      brokers: random.integer(1, 3),
      maxBatchBytes: random.pick([400, 100_000]),
    });
    for (const kind of KINDS) this.kafka.createTopic(topicOf(PREFIX, kind), random.integer(1, 3));
    this.host = new ObjectHost(sim, LIMITS, portsOf(this.kafka, variant));
    this.vendor = new Vendor(sim, (event) => this.host.append(event));
    this.vendor.hugeBytes = this.kafka.maxBatchBytes === 400 ? 500 : 60;
    const durationMs = random.pick([200, 5_000, 30_000]);
    this.calmAtMs = sim.nowMs + durationMs;
    this.events = random.integer(1, 25);
    this.vendor.postWithin(this.events, durationMs);
    if (random.chance(0.9)) troubleKafka(sim, this.kafka, this.calmAtMs);
    if (random.chance(0.8)) troubleObject(sim, this.host, this.calmAtMs);
  }

  kill(): boolean {
    return this.host.die();
  }

  /** Whether all is through that can be, and the last late request has been served. */
  isSettled(): boolean {
    const { nowMs } = this.#sim;
    if (nowMs < this.calmAtMs || !this.vendor.isDone) return false;
    if (this.#settledAtMs !== undefined) return nowMs >= this.#settledAtMs + AFTERMATH_MS;
    if (!this.#isPending()) this.#settledAtMs = nowMs;
    else if (nowMs > this.#lastFaultMs() + RECOVERY_MS)
      this.#sim.violate('what is pending does not go out by itself');
    return false;
  }

  check(): void {
    checkOutbox(this.#sim, this.kafka, this.host, this.vendor);
  }

  close(): void {
    this.host.disk.close();
  }

  /** Posts that end late are given their time as well. */
  #lastFaultMs(): number {
    return Math.max(
      this.calmAtMs,
      ...this.vendor.acknowledged.map(({ acknowledgedAtMs }) => acknowledgedAtMs),
    );
  }

  #isPending(): boolean {
    const { disk } = this.host;
    return !disk.isEmpty && disk.rows('SELECT 1 FROM pending WHERE set_aside IS NULL LIMIT 1').length > 0;
  }
}

function portsOf(kafka: Kafka, variant: Variant): CreatePorts {
  return (host, clock) => {
    const client: CreateClient = () => {
      const plain = kafkaClient(kafka, CLIENT_RETRY);
      return variant.client?.(plain) ?? plain;
    };
    const sender = new KafkaSender(KAFKA_SETTINGS, client);
    const ports: KeeperPorts = {
      storage: host.disk.storage,
      sender: variant.sender?.(sender, kafka) ?? sender,
      clock,
      report: (event, _outbox, error) => host.sim.note(`reports ${event}: ${error}`),
    };
    return variant.ports?.(ports) ?? ports;
  };
}
