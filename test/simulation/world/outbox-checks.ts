import type { Kafka, LoggedMessage } from './kafka.ts';
import type { ObjectHost } from './object-host.ts';
import type { Simulation } from './simulation.ts';
import type { Vendor } from './vendor.ts';

interface StreamMessage {
  readonly id: string;
  readonly sequence: number;
  readonly key: string;
  readonly place: string;
  readonly bytes: number;
  readonly content: string;
}

interface CounterRow {
  readonly name: string;
  readonly value: number;
}

/** Checks all that an outbox guarantees, once the schedule is over; what does not hold is told to the simulation. */
export function checkOutbox(sim: Simulation, kafka: Kafka, host: ObjectHost, vendor: Vendor): void {
  const { acknowledged } = vendor;
  const messages = kafka.partitions.flatMap(({ topic, id, log }) =>
    log.map((message) => read(message, `${topic}/${id}`)),
  );
  const firsts = new Map<string, StreamMessage>();
  for (const message of messages) if (!firsts.has(message.id)) firsts.set(message.id, message);
  const setAside = host.disk.rows<{ id: string; sequence: number; bytes: number }>(
    'SELECT id, sequence, bytes FROM pending WHERE set_aside IS NOT NULL',
  );
  const kept = new Map<string, number>([...firsts].map(([id, { sequence }]) => [id, sequence]));
  for (const { id, sequence, bytes } of setAside) {
    kept.set(id, sequence);
    if (bytes <= kafka.maxBatchBytes) sim.violate(`${id} is set aside though the broker takes it`);
  }

  for (const { id } of acknowledged) {
    if (!kept.has(id)) sim.violate(`${id} was acknowledged and is not on the stream`);
  }
  for (const message of messages) {
    const first = firsts.get(message.id);
    if (first?.content !== message.content) sim.violate(`${message.id} is on the stream in two versions`);
    if (first?.place !== message.place) sim.violate(`${message.id} is in two partitions`);
  }
  checkSequences(sim, kept, host);
  checkLanes(sim, messages, kafka.maxBatchBytes);
  checkArrivals(sim, vendor, kept);
}

function read({ key, value, headers }: LoggedMessage, place: string): StreamMessage {
  return {
    id: String(headers.ce_id),
    sequence: Number(headers.ce_sequence),
    key: String(key),
    place,
    bytes: value?.length ?? 0,
    content: JSON.stringify([value, headers]),
  };
}

/** 1, 2, 3 … up to the last, each for one event, and counted as such. */
function checkSequences(sim: Simulation, kept: ReadonlyMap<string, number>, host: ObjectHost): void {
  const sequences = [...kept.values()].sort((one, other) => one - other);
  sequences.forEach((sequence, index) => {
    if (sequence !== index + 1) sim.violate(`sequence ${index + 1} is missing or used twice`);
  });
  const rows = host.disk.rows<CounterRow>('SELECT name, value FROM counters');
  const counters = new Map(rows.map(({ name, value }) => [name, Number(value)]));
  const counted = (name: string) => counters.get(name) ?? 0;
  if (counted('last_sequence') !== sequences.length)
    sim.violate('the last sequence is not the number of events');
  if (counted('published') + counted('pending') !== sequences.length)
    sim.violate('published and pending do not add up');
}

/** On its partition, each event of a key comes first after all those before it. */
function checkLanes(sim: Simulation, messages: readonly StreamMessage[], maxBytes: number): void {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  for (const { id, key, place, sequence, bytes } of messages) {
    // What was too large for a batch was set aside, and comes late.
    if (seen.has(id) || bytes > maxBytes) continue;
    seen.add(id);
    const lane = `${place} ${key}`;
    if (sequence < (last.get(lane) ?? 0)) sim.violate(`${id} comes first after a later one of its key`);
    last.set(lane, sequence);
  }
}

/** An event that was answered before another of its key was sent has the smaller sequence number. */
function checkArrivals(
  sim: Simulation,
  { acknowledged, firstSentMs }: Vendor,
  kept: ReadonlyMap<string, number>,
): void {
  const firstAnswers = new Map([...acknowledged].reverse().map((each) => [each.id, each]));
  const all = [...firstAnswers.values()];
  for (const earlier of all) {
    for (const later of all) {
      if (earlier.subject !== later.subject) continue;
      if (earlier.acknowledgedAtMs >= (firstSentMs.get(later.id) ?? 0)) continue;
      if ((kept.get(earlier.id) ?? 0) > (kept.get(later.id) ?? 0))
        sim.violate(`${later.id} overtook ${earlier.id}`);
    }
  }
}
