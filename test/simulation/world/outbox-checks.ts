import { linkOf, NO_LINK } from '../../../schemas/chain.ts';
import type { Kafka, LoggedMessage } from './kafka.ts';
import type { ObjectHost } from './object-host.ts';
import type { Simulation } from './simulation.ts';
import type { Vendor } from './vendor.ts';

/** What is left of a world of outboxes once its schedule is over. */
export interface Outcome {
  readonly kafka: Kafka;
  /** The outboxes by name, and an app's record of layouts among them. */
  readonly hosts: ReadonlyMap<string, ObjectHost>;
  readonly vendor: Vendor;
}

interface StreamMessage {
  readonly id: string;
  readonly outbox: string;
  readonly sequence: number;
  readonly key: string;
  readonly place: string;
  readonly bytes: number;
  readonly content: string;
  readonly payload: string;
  readonly chain: string;
}

/** Where an event is kept. */
type Kept = Pick<StreamMessage, 'outbox' | 'sequence'>;

/** Checks all that outboxes guarantee, once the schedule is over; what does not hold is told to the simulation. */
export function checkOutboxes(sim: Simulation, { kafka, hosts, vendor }: Outcome): void {
  const messages = kafka.partitions.flatMap(({ topic, id, log }) =>
    log.map((message) => read(message, `${topic}/${id}`)),
  );
  const firsts = new Map<string, StreamMessage>();
  for (const message of messages) if (!firsts.has(message.id)) firsts.set(message.id, message);
  const kept = new Map<string, Kept>(firsts);
  for (const host of hosts.values()) {
    for (const { id, sequence, bytes } of setAside(host)) {
      if (kept.has(id)) sim.violate(`${id} is kept twice`);
      kept.set(id, { outbox: host.name, sequence });
      if (bytes <= kafka.maxBatchBytes) sim.violate(`${id} is set aside though the broker takes it`);
    }
  }

  for (const { id } of vendor.acknowledged) {
    if (!kept.has(id)) sim.violate(`${id} was acknowledged and is not on the stream`);
  }
  for (const message of messages) {
    const first = firsts.get(message.id);
    if (first?.outbox !== message.outbox) sim.violate(`${message.id} is kept in two outboxes`);
    if (first?.content !== message.content) sim.violate(`${message.id} is on the stream in two versions`);
    if (first?.place !== message.place) sim.violate(`${message.id} is in two partitions`);
  }
  for (const host of hosts.values()) checkSequences(sim, kept, host);
  checkChains(sim, [...firsts.values()]);
  checkLanes(sim, messages, kafka.maxBatchBytes);
  checkArrivals(sim, vendor, kept);
}

function read({ key, value, headers }: LoggedMessage, place: string): StreamMessage {
  return {
    id: String(headers.ce_id),
    outbox: String(headers.ce_outbox),
    sequence: Number(headers.ce_sequence),
    key: String(key),
    place,
    bytes: value?.length ?? 0,
    content: JSON.stringify([value, headers]),
    payload: String(value),
    chain: String(headers.ce_chain),
  };
}

/** Each event's link is made of the one before it, wherever that is on the stream. */
function checkChains(sim: Simulation, messages: readonly StreamMessage[]): void {
  for (const ofOutbox of Map.groupBy(messages, ({ outbox }) => outbox).values()) {
    const links = new Map(ofOutbox.map(({ sequence, chain }) => [sequence, chain]));
    for (const { id, payload, sequence, chain } of ofOutbox) {
      const before = sequence === 1 ? NO_LINK : links.get(sequence - 1);
      if (before !== undefined && chain !== linkOf(before, { id, payload })) {
        sim.violate(`${id} is not linked to the event before it`);
      }
    }
  }
}

function setAside({ disk }: ObjectHost) {
  if (disk.isEmpty) return [];
  const query = 'SELECT id, sequence, bytes FROM pending WHERE set_aside IS NOT NULL';
  return disk.rows<{ id: string; sequence: number; bytes: number }>(query);
}

/** 1, 2, 3 … up to the last, each for one event, and counted as such. */
function checkSequences(sim: Simulation, kept: ReadonlyMap<string, Kept>, { name, disk }: ObjectHost): void {
  const here = [...kept.values()].filter(({ outbox }) => outbox === name);
  const sequences = here.map(({ sequence }) => sequence).sort((one, other) => one - other);
  sequences.forEach((sequence, index) => {
    if (sequence !== index + 1) sim.violate(`sequence ${index + 1} of ${name} is missing or used twice`);
  });
  const { last_sequence: last = 0, published = 0, pending = 0 } = disk.counters();
  if (last !== sequences.length) sim.violate('the last sequence is not the number of events');
  if (published + pending !== sequences.length) sim.violate('published and pending do not add up');
}

/** On its partition, each event of a key comes first after all those that its outbox kept before it. */
function checkLanes(sim: Simulation, messages: readonly StreamMessage[], maxBytes: number): void {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const { id, outbox, key, place, sequence, bytes } of messages) {
    // What was too large for a batch was set aside, and comes late.
    if (seen.has(id) || bytes > maxBytes) continue;
    seen.add(id);
    const lane = `${outbox} ${place} ${key}`;
    if (sequence < (last.get(lane) ?? 0)) sim.violate(`${id} comes first after a later one of its key`);
    last.set(lane, sequence);
  }
}

/** An event that was answered before another of its key was sent has the smaller sequence number, in one outbox. */
function checkArrivals(
  sim: Simulation,
  { acknowledged, firstSentMs }: Vendor,
  kept: ReadonlyMap<string, Kept>,
): void {
  const firstAnswers = new Map([...acknowledged].reverse().map((each) => [each.id, each]));
  const all = [...firstAnswers.values()];
  for (const earlier of all) {
    for (const later of all) {
      if (earlier.subject !== later.subject) continue;
      if (earlier.acknowledgedAtMs >= (firstSentMs.get(later.id) ?? 0)) continue;
      const [one, other] = [kept.get(earlier.id), kept.get(later.id)];
      if (one === undefined || other === undefined || one.outbox !== other.outbox) continue;
      if (one.sequence > other.sequence) sim.violate(`${later.id} overtook ${earlier.id}`);
    }
  }
}
