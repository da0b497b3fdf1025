import type { Admin, PartitionMetadata } from 'kafkajs';

/** Kafka's number for topics in requests about configurations. */
export const TOPIC = 2;
/** Kafka's number for what was set for a topic itself. */
const SET_FOR_TOPIC = 1;

/** A topic as it is. */
export interface Standing {
  readonly topic: string;
  readonly partitions: readonly PartitionMetadata[];
  /** What is in force, by Kafka's names; undefined where this user may not read it. */
  readonly config: Readonly<Record<string, string>> | undefined;
  /** What of it was set for this topic itself. */
  readonly own: Readonly<Record<string, string>>;
}

/** Reads how topics are. @param topics that exist */
export async function readStandings(admin: Admin, topics: readonly string[]): Promise<Standing[]> {
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  const configs = await readConfigs(admin, topics);
  return metadata.topics.map(({ name, partitions }) => ({
    topic: name,
    partitions,
    config: configs.get(name)?.config,
    own: configs.get(name)?.own ?? {},
  }));
}

/** Empty where this user may not read them. */
async function readConfigs(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, Pick<Standing, 'config' | 'own'>>> {
  const resources = topics.map((name) => ({ type: TOPIC, name }));
  const answer = await admin.describeConfigs({ resources, includeSynonyms: false }).catch(() => undefined);
  return new Map(
    answer?.resources.map(({ resourceName, configEntries }) => {
      const of = (entries: typeof configEntries) =>
        Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
      const own = configEntries.filter(({ configSource }) => configSource === SET_FOR_TOPIC);
      return [resourceName, { config: of(configEntries), own: of(own) }];
    }),
  );
}
