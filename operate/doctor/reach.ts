import { isLoopback } from '../../consumer/loopback.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { Places } from './settings.ts';

const { failure, warning } = findingsOf('deployment');

/**
 * Looks at whether a Worker on the platform can reach the Kafka that `wrangler.toml` names, and whether it is the one
 * that is looked at here.
 */
export function lookAtReach(variables: Readonly<Record<string, unknown>>, places: Places): Finding[] {
  const brokers = String(variables.KAFKA_BROKERS ?? '')
    .split(',')
    .map((each) => each.trim());
  const isHere = brokers.some((broker) => isLoopback(broker.slice(0, broker.lastIndexOf(':'))));
  if (isHere) {
    const what = `KAFKA_BROKERS in wrangler.toml is ${brokers.join(', ')}: on the platform, that is the Worker itself`;
    return [
      failure(
        what,
        'Set it to brokers that can be reached from the internet over TLS, and KAFKA_SSL to true.',
      ),
    ];
  }
  if (String(variables.KAFKA_SSL) !== 'true') {
    const what =
      'KAFKA_SSL is false in wrangler.toml: events and the login would cross the internet as plain text';
    return [failure(what, 'Set it to true.')];
  }
  if (brokers.join() === places.KAFKA_BROKERS.join()) return [];
  const what =
    'KAFKA_BROKERS in the environment and in wrangler.toml differ: another Kafka was looked at here';
  return [warning(what, 'Set both to the same.')];
}
