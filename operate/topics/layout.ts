import { type } from 'arktype';
import { settingsError, wholeNumber } from '../../schemas/settings.ts';

/** How topics are made that do not exist yet, and what those that do are held against. */
export interface TopicLayout {
  readonly numPartitions: number;
  /** -1 is the broker's own default. */
  readonly replicationFactor: number;
  /** Undefined is the broker's own default, if it is long enough. */
  readonly retentionMs: number | undefined;
  /** Whether TOPIC_PARTITIONS was set: only then are existing topics held against it. */
  readonly arePartitionsSet: boolean;
  /** What the Worker takes as a body at the most. */
  readonly maxBodyBytes: number;
}

/** Each partition costs every broker and consumer something; with as many for each of the topics, a cluster stalls. */
const MOST_PARTITIONS = 1_000;
/** Kafka takes no more than there are brokers, and nobody keeps as many copies. */
const MOST_REPLICAS = 15;
const MOST_DAYS = 3_650;
const MOST_BODY_BYTES = 10_000_000;
const DAY_MS = 86_400_000;

const layout = type({
  TOPIC_PARTITIONS: wholeNumber(1, MOST_PARTITIONS).default('3'),
  'TOPIC_REPLICATION_FACTOR?': wholeNumber(1, MOST_REPLICAS),
  'TOPIC_RETENTION_DAYS?': wholeNumber(1, MOST_DAYS),
  MAX_BODY_BYTES: wholeNumber(1, MOST_BODY_BYTES).default('900000'),
});

/**
 * The layout of topics, from `TOPIC_PARTITIONS`, `TOPIC_REPLICATION_FACTOR`, `TOPIC_RETENTION_DAYS` and the Worker's
 * `MAX_BODY_BYTES`.
 * @throws SettingsError naming each setting that is wrong
 */
export function readTopicLayout(env: NodeJS.ProcessEnv): TopicLayout {
  const read = layout(env);
  if (read instanceof type.errors) throw settingsError(read);
  return {
    numPartitions: read.TOPIC_PARTITIONS,
    replicationFactor: read.TOPIC_REPLICATION_FACTOR ?? -1,
    retentionMs: read.TOPIC_RETENTION_DAYS === undefined ? undefined : read.TOPIC_RETENTION_DAYS * DAY_MS,
    arePartitionsSet: env.TOPIC_PARTITIONS !== undefined,
    maxBodyBytes: read.MAX_BODY_BYTES,
  };
}
