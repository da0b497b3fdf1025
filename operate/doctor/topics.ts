import type { Admin } from 'kafkajs';
import { deadLetterTopic, pipelineTopics } from '../../schemas/topics.ts';
import { differencesOf, messageBytes } from '../topics/compare.ts';
import { readStandings, type Standing } from '../topics/standing.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { Places } from './settings.ts';

const { ok, warning, failure, unknown } = findingsOf('kafka');

/** Looks at the topics: whether they are there, and would keep what they are given. */
export async function lookAtTopics(
  admin: Admin,
  places: Places,
  brokers: number,
): Promise<{ findings: Finding[]; missing: boolean }> {
  const deadLetters = deadLetterTopic(places.TOPIC_PREFIX);
  const wanted = pipelineTopics(places.TOPIC_PREFIX);
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter((topic) => !existing.has(topic));
  if (missing.length > 0) {
    const mend = 'Run "npm run topics"; with ACLs, allow this user to describe them.';
    return {
      findings: [failure(`not there, or not to be seen: ${missing.join(', ')}`, mend)],
      missing: true,
    };
  }
  const standings = await readStandings(admin, wanted);
  const findings = standings.flatMap((standing) => {
    const bytes = messageBytes(standing.topic === deadLetters ? undefined : places.MAX_BODY_BYTES);
    const differences = differencesOf(standing, { messageBytes: bytes }, brokers);
    return [
      ...ofReplicas(standing),
      ...differences.map(({ state, what, mend }) => (state === 'failure' ? failure : warning)(what, mend)),
    ];
  });
  if (standings.every(({ config }) => config === undefined)) {
    findings.push(unknown('this user may not read the configurations of the topics'));
  }
  return { findings: findings.length > 0 ? findings : [ok(`${wanted.length} topics fit`)], missing: false };
}

/** How the brokers keep up with a topic at the moment. */
function ofReplicas({ topic, partitions }: Standing): Finding[] {
  const leaderless = partitions.filter(({ leader }) => leader < 0).length;
  const behind = partitions.filter(({ replicas, isr }) => isr.length < replicas.length).length;
  return [
    ...(leaderless > 0
      ? [failure(`${topic}: ${leaderless} partitions have no leader`, 'See to the brokers that have gone.')]
      : []),
    ...(behind > 0
      ? [
          warning(
            `${topic}: ${behind} partitions lack an in-sync replica`,
            'See to the brokers that are behind.',
          ),
        ]
      : []),
  ];
}
