import type { ExitCode } from '../../cli/command.ts';
import type { Audit, Verdict } from './audit.ts';
import { isBroken } from './chain/line.ts';

/** A part did not answer, without which nothing can be said. */
export const CANNOT_SAY = 2;
/** Nothing is lost, and yet not every accepted event is where answers come from. */
const NOT_ALL_THERE = 3;

const EXIT_CODES: Readonly<Record<Verdict, ExitCode>> = {
  balanced: 0,
  'in-flight': NOT_ALL_THERE,
  unbalanced: 1,
  unknown: CANNOT_SAY,
};

/** What `npm run audit` ends with: 0 says that every accepted event is where answers come from, or was dismissed. */
export function exitCode({
  verdict,
  lines,
  chains = [],
}: Pick<Audit, 'verdict' | 'lines' | 'chains'>): ExitCode {
  if (chains.some(isBroken)) return EXIT_CODES.unbalanced;
  const isWaiting = lines.some(({ dead_letters }) => dead_letters > 0);
  return verdict === 'balanced' && isWaiting ? NOT_ALL_THERE : EXIT_CODES[verdict];
}
