import { styleText } from 'node:util';
import type { Finding, State } from './finding.ts';

const MARKS: Readonly<Record<State, string>> = {
  ok: styleText('green', '✓'),
  warning: styleText('yellow', '!'),
  failure: styleText('red', '✗'),
  unknown: styleText('dim', '?'),
};

/** What was found, area by area, and what to do; for a terminal. */
export function inText(findings: readonly Finding[]): string {
  const areas = Map.groupBy(findings, ({ area }) => area);
  const lines = [...areas].flatMap(([area, found]) => [styleText('bold', area), ...found.flatMap(linesOf)]);
  return `${[...lines, '', summary(findings)].join('\n')}\n`;
}

/** Whether anything does not work. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'failure');
}

function linesOf({ state, what, mend }: Finding): string[] {
  return [`  ${MARKS[state]} ${plain(what)}`, ...(mend === undefined ? [] : [`      ${plain(mend)}`])];
}

function summary(findings: readonly Finding[]): string {
  const count = (state: State) => findings.filter((each) => each.state === state).length;
  const [failures, warnings] = [count('failure'), count('warning')];
  if (failures === 0) return warnings === 0 ? 'Healthy.' : `Healthy, with ${warnings} to look at (!).`;
  return `${failures} to mend (✗)${warnings === 0 ? '' : `, and ${warnings} to look at (!)`}.`;
}

/** What a server said must not steer a terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
