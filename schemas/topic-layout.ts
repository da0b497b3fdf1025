import { type } from 'arktype';
import { settingsError, wholeNumber } from './settings.ts';

/** How the topics are made that do not exist yet. */
export interface TopicLayout {
  readonly numPartitions: number;
  /** -1 is the broker's own default. */
  readonly replicationFactor: number;
}

/** Each partition costs every broker and consumer something; with as many for each of the topics, a cluster stalls. */
const MOST_PARTITIONS = 1_000;
/** Kafka takes no more than there are brokers, and nobody keeps as many copies. */
const MOST_REPLICAS = 15;

const layout = type({
  TOPIC_PARTITIONS: wholeNumber(1, MOST_PARTITIONS).default('3'),
  'TOPIC_REPLICATION_FACTOR?': wholeNumber(1, MOST_REPLICAS),
});

/**
 * The layout of new topics, from `TOPIC_PARTITIONS` and `TOPIC_REPLICATION_FACTOR`.
 * @throws SettingsError naming each setting that is wrong
 */
export function readTopicLayout(env: NodeJS.ProcessEnv): TopicLayout {
  const read = layout(env);
  if (read instanceof type.errors) throw settingsError(read);
  return { numPartitions: read.TOPIC_PARTITIONS, replicationFactor: read.TOPIC_REPLICATION_FACTOR ?? -1 };
}
