import { CommandError } from '../../consumer/cli/command.ts';
import type { Content } from './tables.ts';
import type { Turn } from './turn.ts';

/** @throws CommandError unless every event stands once in `events`, and once in one of the other tables */
export function checkWhole({ contender, events, contents }: Turn): void {
  const [inEvents, ...inFacts] = contents.map(({ rows }) => rows);
  const facts = inFacts.reduce((sum, rows) => sum + rows, 0);
  if (inEvents === events && facts === events) return;
  throw new CommandError(`Of ${events} events, ${contender} stored ${inEvents}, and ${facts} facts.`);
}

/** A contender that stores less, or something else, would be no measure. @throws CommandError naming the tables */
export function checkSame({ contender, contents }: Turn, wanted: readonly Content[]): void {
  const others = contents.filter(
    ({ rows, hash }, at) => rows !== wanted[at]?.rows || hash !== wanted[at]?.hash,
  );
  if (others.length === 0) return;
  const views = others.map(({ view }) => view).join(', ');
  throw new CommandError(`What ${contender} stored is not what the first one did: look at ${views}.`);
}
