import { topicOf } from '../../../schemas/topics.ts';
import { KINDS } from '../../../schemas/webhooks.ts';
import type { KeeperPorts } from '../../../worker/outbox/keeper.ts';
import { CLIENT_RETRY, type CreateClient, KafkaSender } from '../../../worker/publish/kafka-sender.ts';
import { Edge } from './edge.ts';
import { Kafka } from './kafka.ts';
import { kafkaClient } from './kafka-client.ts';
import { type CreatePorts, ObjectHost } from './object-host.ts';
import { checkOutboxes } from './outbox-checks.ts';
import type { Simulation } from './simulation.ts';
import { Vendor } from './vendor.ts';
import { NO_TROUBLES, type ObjectTroubles, objectTroubles, troubleKafka } from './weather.ts';

export const PREFIX = 'qiscus.';
const LIMITS = { maxBytes: 1_000_000, dedupMs: 30 * 86_400_000 };
/** Ends the name of an app's record of layouts here, where all objects stand in one list. */
export const RECORD = '/layouts';
const KAFKA_SETTINGS = { KAFKA_BROKERS: [], KAFKA_SSL: false, TOPIC_PREFIX: PREFIX };
/** Nobody has to lend a hand: so long after the last fault, all that is pending must be through. */
const RECOVERY_MS = 60_000;
/** Requests that were sent before a fault may be served so much later. */
const AFTERMATH_MS = 45_000;

/** The outbox as it is, or with one thing broken, to show that the simulation notices; and what befalls it. */
export interface Variant {
  /** What troubles it beside the weather that the seed makes, until a time. */
  readonly trouble?: (sim: Simulation, world: OutboxWorld, untilMs: number) => void;
  readonly ports?: (ports: KeeperPorts, object: string) => KeeperPorts;
  readonly sender?: (sender: KafkaSender, kafka: Kafka) => KeeperPorts['sender'];
  readonly client?: (client: ReturnType<CreateClient>) => ReturnType<CreateClient>;
  /** What the edge calls an object by. */
  readonly stub?: (stub: ObjectHost['stub']) => ObjectHost['stub'];
}

/** Outboxes, their edge, its vendor and their Kafka, with troubles for as long as webhooks come in. */
export class OutboxWorld {
  readonly kafka: Kafka;
  readonly edge: Edge;
  /** The objects that were ever called, by name. */
  readonly hosts = new Map<string, ObjectHost>();
  readonly vendor: Vendor;
  readonly calmAtMs: number;
  readonly events: number;
  readonly #sim: Simulation;
  readonly #variant: Variant;
  readonly #troubles: ObjectTroubles;
  #settledAtMs: number | undefined;

  constructor(sim: Simulation, variant: Variant = {}) {
    const { random } = sim;
    this.#sim = sim;
    this.#variant = variant;
    this.kafka = new Kafka(sim, {
      brokers: random.integer(1, 3),
      maxBatchBytes: random.pick([400, 100_000]),
    });
    for (const kind of KINDS) this.kafka.createTopic(topicOf(PREFIX, kind), random.integer(1, 3));
    this.edge = new Edge(sim, {
      outboxes: { getByName: (name) => this.#stub(name) },
      records: { getByName: (app) => this.#stub(`${app}${RECORD}`) },
    });
    this.vendor = new Vendor(sim, (admitted) => this.edge.store(admitted));
    this.vendor.hugeBytes = this.kafka.maxBatchBytes === 400 ? 500 : 60;
    const durationMs = random.pick([200, 5_000, 30_000]);
    this.calmAtMs = sim.nowMs + durationMs;
    this.events = random.integer(1, 25);
    this.vendor.postWithin(this.events, durationMs);
    if (random.chance(0.9)) troubleKafka(sim, this.kafka, this.calmAtMs);
    this.#troubles = random.chance(0.8) ? objectTroubles(sim) : NO_TROUBLES;
    sim.schedule(durationMs, () => this.#calmObjects());
    this.edge.deployUntil(this.calmAtMs);
    variant.trouble?.(sim, this, this.calmAtMs);
  }

  kill(): boolean {
    const { random } = this.#sim;
    return this.hosts.size > 0 && random.pick([...this.hosts.values()]).die();
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
    checkOutboxes(this.#sim, { kafka: this.kafka, hosts: this.hosts, vendor: this.vendor });
  }

  close(): void {
    for (const { disk } of this.hosts.values()) disk.close();
  }

  #stub(name: string): ObjectHost['stub'] {
    const { stub } = this.hosts.get(name) ?? this.#start(name);
    return this.#variant.stub?.(stub) ?? stub;
  }

  #start(name: string): ObjectHost {
    const host = new ObjectHost(this.#sim, name, LIMITS, portsOf(this.kafka, this.#variant));
    this.hosts.set(name, host);
    host.clockSkewMs = this.#troubles.clockSkewMs;
    if (this.#sim.nowMs < this.calmAtMs) Object.assign(host.disk.faults, this.#troubles.disk);
    return host;
  }

  #calmObjects(): void {
    for (const { disk } of this.hosts.values()) Object.assign(disk.faults, NO_TROUBLES.disk);
  }

  /** Posts that end late are given their time as well. */
  #lastFaultMs(): number {
    return Math.max(
      this.calmAtMs,
      ...this.vendor.acknowledged.map(({ acknowledgedAtMs }) => acknowledgedAtMs),
    );
  }

  #isPending(): boolean {
    return [...this.hosts.values()].some(({ disk }) => disk.isPending);
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
    return variant.ports?.(ports, host.name) ?? ports;
  };
}
