import type { Admin } from 'kafkajs';
import { canaryTopic, deadLetterTopic, eventTopics } from '../../schemas/topics.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { Places } from './settings.ts';

/** Kafka's number for topics in requests about configurations. */
const TOPIC = 2;
/** Key and headers of an event, and what a batch adds. */
const BESIDE_BODY_BYTES = 48_000;
const DEAD_LETTER_BYTES = 2_000_000;
const DAY_MS = 86_400_000;
const LEAST_RETENTION_MS = 3 * DAY_MS;
const { ok, warning, failure, unknown } = findingsOf('kafka');

type Config = Readonly<Record<string, string>>;

/** Looks at the topics: whether they are there, and would keep what they are given. */
export async function lookAtTopics(
  admin: Admin,
  places: Places,
  brokers: number,
): Promise<{ findings: Finding[]; missing: boolean }> {
  const deadLetters = deadLetterTopic(places.TOPIC_PREFIX);
  const wanted = [...eventTopics(places.TOPIC_PREFIX), deadLetters, canaryTopic(places.TOPIC_PREFIX)];
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    const mend = 'Run "npm run topics"; with ACLs, allow this user to describe them.';
    return {
      findings: [failure(`not there, or not to be seen: ${missing.join(', ')}`, mend)],
      missing: true,
    };
  }
  const configs = await configsOf(admin, wanted);
  const findings = [
    ...(await ofCopies(admin, wanted, configs, brokers)),
    ...wanted.flatMap((topic) => {
      const least = topic === deadLetters ? DEAD_LETTER_BYTES : places.MAX_BODY_BYTES + BESIDE_BODY_BYTES;
      return ofConfig(topic, configs.get(topic), least);
    }),
  ];
  if (configs.size === 0) findings.push(unknown('this user may not read the configurations of the topics'));
  return { findings: findings.length > 0 ? findings : [ok(`${wanted.length} topics fit`)], missing: false };
}

/** Empty where this user may not read them. */
async function configsOf(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, Config>> {
  const resources = topics.map((name) => ({ type: TOPIC, name }));
  const answer = await admin.describeConfigs({ resources, includeSynonyms: false }).catch(() => undefined);
  return new Map(
    answer?.resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

async function ofCopies(
  admin: Admin,
  topics: string[],
  configs: ReadonlyMap<string, Config>,
  brokers: number,
): Promise<Finding[]> {
  const metadata = await admin.fetchTopicMetadata({ topics });
  return metadata.topics.flatMap(({ name, partitions }) => {
    const findings: Finding[] = [];
    const leaderless = partitions.filter(({ leader }) => leader < 0).length;
    if (leaderless > 0)
      findings.push(
        failure(`${name}: ${leaderless} partitions have no leader`, 'See to the brokers that have gone.'),
      );
    const behind = partitions.filter(({ replicas, isr }) => isr.length < replicas.length).length;
    if (behind > 0)
      findings.push(
        warning(
          `${name}: ${behind} partitions lack an in-sync replica`,
          'See to the brokers that are behind.',
        ),
      );
    if (brokers === 1) return findings;
    const copies = Math.min(...partitions.map(({ replicas }) => replicas.length));
    const inSync = Number(configs.get(name)?.['min.insync.replicas'] ?? 2);
    if (copies < 2) {
      findings.push(
        failure(
          `${name}: a broker that is lost takes events with it, since there is one copy`,
          'Raise its replication factor to 3.',
        ),
      );
    } else if (inSync < 2) {
      findings.push(
        failure(
          `${name}: min.insync.replicas is ${inSync}, so an acknowledged event may stand on one broker`,
          'Set it to 2.',
        ),
      );
    } else if (inSync >= copies) {
      findings.push(
        warning(
          `${name}: with one broker away nothing can be written (${copies} copies, min.insync.replicas ${inSync})`,
          'Raise its replication factor to 3.',
        ),
      );
    }
    return findings;
  });
}

function ofConfig(topic: string, config: Config | undefined, leastBytes: number): Finding[] {
  if (config === undefined) return [];
  const findings: Finding[] = [];
  const maxBytes = Number(config['max.message.bytes'] ?? leastBytes);
  if (maxBytes < leastBytes) {
    const what = `${topic}: max.message.bytes is ${maxBytes}; an event may need ${leastBytes}, and would be set aside`;
    findings.push(failure(what, `Raise it to ${leastBytes} or more, or lower MAX_BODY_BYTES.`));
  }
  if (config['cleanup.policy']?.includes('compact')) {
    const what = `${topic}: cleanup.policy is ${config['cleanup.policy']}: of each room, the last event alone would stay`;
    findings.push(failure(what, 'Set it to delete.'));
  }
  const retentionMs = Number(config['retention.ms'] ?? -1);
  if (retentionMs >= 0 && retentionMs < LEAST_RETENTION_MS) {
    const what = `${topic}: retention is ${Math.round(retentionMs / 3_600_000)} h: a consumer that is away for longer loses events`;
    findings.push(warning(what, 'Set retention.ms to three days or more; seven is usual.'));
  }
  return findings;
}
