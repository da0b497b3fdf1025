import type { Standing } from './standing.ts';

/** Key and headers of an event, and what a batch adds. */
const BESIDE_BODY_BYTES = 48_000;
/** A dead letter is its message and why it failed: it must fit where the message only just did. */
export const DEAD_LETTER_BYTES = 2_000_000;
const HOUR_MS = 3_600_000;
const LEAST_RETENTION_MS = 72 * HOUR_MS;
/** Whatever the broker makes of a batch, kafkajs and others read these without a further library. */
const READABLE_COMPRESSIONS: ReadonlySet<string> = new Set(['producer', 'uncompressed', 'gzip']);

/** What a topic must be like; undefined where any value will do. */
export interface Wanted {
  readonly messageBytes: number;
  readonly partitions?: number | undefined;
  readonly replicas?: number | undefined;
  readonly retentionMs?: number | undefined;
}

/** Something of a topic that is not as it must be. */
export interface Difference {
  readonly topic: string;
  /** Kafka's name of the setting, or `partitions` or `replicas`. */
  readonly setting: string;
  readonly is: string;
  readonly wanted: string;
  /** `failure`: events are lost, refused or cannot be read; `warning`: one day they may be. */
  readonly state: 'failure' | 'warning';
  /** What is so, and what follows. */
  readonly what: string;
  readonly mend: string;
}

/** How many bytes a topic must take. @param maxBodyBytes of a webhook; undefined for dead letters */
export function messageBytes(maxBodyBytes: number | undefined): number {
  return maxBodyBytes === undefined ? DEAD_LETTER_BYTES : maxBodyBytes + BESIDE_BODY_BYTES;
}

/** Holds a topic against what is wanted of it. @param brokers how many there are */
export function differencesOf(standing: Standing, wanted: Wanted, brokers: number): Difference[] {
  return [
    ...ofPartitions(standing, wanted),
    ...ofCopies(standing, wanted, brokers),
    ...ofConfig(standing, wanted),
  ];
}

function ofPartitions({ topic, partitions }: Standing, wanted: Wanted): Difference[] {
  const is = partitions.length;
  if (wanted.partitions === undefined || wanted.partitions === is) return [];
  const asked = `${topic}: has ${is} partitions, TOPIC_PARTITIONS says ${wanted.partitions}`;
  const isMore = wanted.partitions > is;
  return [
    {
      topic,
      setting: 'partitions',
      is: String(is),
      wanted: String(wanted.partitions),
      state: 'warning',
      what: isMore
        ? `${asked}: with more, a key's later events may stand apart from its earlier ones`
        : asked,
      mend: isMore
        ? 'Run "npm run topics -- --apply --repartition", best when nothing waits to be read.'
        : 'Kafka takes none away: set TOPIC_PARTITIONS to what it is.',
    },
  ];
}

function ofCopies({ topic, partitions, config }: Standing, wanted: Wanted, brokers: number): Difference[] {
  const copies = Math.min(...partitions.map(({ replicas }) => replicas.length));
  const difference = (
    setting: string,
    is: number,
    value: number,
    rest: Pick<Difference, 'state' | 'what' | 'mend'>,
  ) => [{ topic, setting, is: String(is), wanted: String(value), ...rest }];
  const byHand = 'with kafka-reassign-partitions.sh, since its data must move';
  if (wanted.replicas !== undefined && wanted.replicas !== copies) {
    const what = `${topic}: has ${copies} copies, TOPIC_REPLICATION_FACTOR says ${wanted.replicas}`;
    const mend = `Change its replication factor ${byHand}, or set TOPIC_REPLICATION_FACTOR to what it is.`;
    return difference('replicas', copies, wanted.replicas, { state: 'warning', what, mend });
  }
  // One broker is for trying out: it has no more to give.
  if (brokers === 1) return [];
  if (copies < 2) {
    const what = `${topic}: a broker that is lost takes events with it, since there is one copy`;
    const mend = `Raise its replication factor to 3 ${byHand}.`;
    return difference('replicas', copies, Math.min(3, brokers), { state: 'failure', what, mend });
  }
  const inSync = Number(config?.['min.insync.replicas'] ?? 2);
  if (inSync < 2) {
    const what = `${topic}: min.insync.replicas is ${inSync}, so an acknowledged event may stand on one broker`;
    const mend = 'Set it to 2: "npm run topics -- --apply".';
    return difference('min.insync.replicas', inSync, 2, { state: 'failure', what, mend });
  }
  if (inSync < copies) return [];
  const what = `${topic}: with one broker away nothing can be written (${copies} copies, min.insync.replicas ${inSync})`;
  const mend = `Raise its replication factor to ${inSync + 1} ${byHand}.`;
  return difference('replicas', copies, inSync + 1, { state: 'warning', what, mend });
}

function ofConfig({ topic, config }: Standing, wanted: Wanted): Difference[] {
  if (config === undefined) return [];
  return [
    ...ofMessageBytes(topic, config, wanted.messageBytes),
    ...ofCleanup(topic, config),
    ...ofRetention(topic, config, wanted.retentionMs),
    ...ofCompression(topic, config),
  ];
}

type Config = NonNullable<Standing['config']>;

function ofMessageBytes(topic: string, config: Config, least: number): Difference[] {
  const setting = 'max.message.bytes';
  const is = Number(config[setting] ?? least);
  if (is >= least) return [];
  const what = `${topic}: ${setting} is ${is}; an event may need ${least}, and would be set aside`;
  const mend = 'Raise it: "npm run topics -- --apply"; or lower MAX_BODY_BYTES.';
  return [{ topic, setting, is: String(is), wanted: String(least), state: 'failure', what, mend }];
}

function ofCleanup(topic: string, config: Config): Difference[] {
  const setting = 'cleanup.policy';
  const is = config[setting] ?? 'delete';
  if (!is.includes('compact')) return [];
  const what = `${topic}: ${setting} is ${is}: of each room, the last event alone would stay`;
  const mend = 'Set it to delete: "npm run topics -- --apply".';
  return [{ topic, setting, is, wanted: 'delete', state: 'failure', what, mend }];
}

function ofRetention(topic: string, config: Config, wantedMs: number | undefined): Difference[] {
  const setting = 'retention.ms';
  const isMs = Number(config[setting] ?? -1);
  const told = isMs < 0 ? 'for ever' : `${Math.round(isMs / HOUR_MS)} h`;
  const difference = (value: number, what: string, mend: string): Difference[] => [
    { topic, setting, is: String(isMs), wanted: String(value), state: 'warning', what, mend },
  ];
  if (wantedMs !== undefined) {
    if (isMs === wantedMs) return [];
    const what = `${topic}: retention is ${told}, TOPIC_RETENTION_DAYS says ${wantedMs / HOUR_MS} h`;
    return difference(wantedMs, what, 'Set it: "npm run topics -- --apply".');
  }
  if (isMs < 0 || isMs >= LEAST_RETENTION_MS) return [];
  const what = `${topic}: retention is ${told}: a consumer that is away for longer loses events`;
  const mend = 'Set retention.ms to three days or more: "npm run topics -- --apply"; seven is usual.';
  return difference(LEAST_RETENTION_MS, what, mend);
}

function ofCompression(topic: string, config: Config): Difference[] {
  const setting = 'compression.type';
  const is = config[setting] ?? 'producer';
  if (READABLE_COMPRESSIONS.has(is)) return [];
  const what = `${topic}: ${setting} is ${is}: not every client reads that, kafkajs among them`;
  const mend = 'Set it to producer: "npm run topics -- --apply".';
  return [{ topic, setting, is, wanted: 'producer', state: 'warning', what, mend }];
}
