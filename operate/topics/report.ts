import type { Outcome } from './task.ts';

/** What was done with the topics, and what is left to do; for a terminal. */
export function inText({ topics, changed, differences, isConfigKnown }: Outcome): string {
  const lines = [
    ...topics.map(({ topic, state }) => `${state.padEnd('created'.length)} ${topic}`),
    ...changed.map(
      ({ topic, setting, is, wanted }) => `changed ${topic}: ${setting} from ${is} to ${wanted}`,
    ),
    ...differences.map(({ what, mend }) => `differs ${what}. ${mend}`),
    ...(isConfigKnown
      ? []
      : ['This user may not read the configurations of the topics: they were not compared.']),
  ];
  return `${lines.join('\n')}\n`;
}
