import { AskError, type Asked, ask, isReplaced } from './ask.ts';
import type { Answer } from './values.ts';

/** What came of asking several queries. */
export interface Loaded {
  readonly answers: ReadonlyMap<string, Answer>;
  /** The first failure, if there was one. */
  readonly failure: AskError | undefined;
}

interface LoadOptions {
  readonly signal: AbortSignal;
  /** Told after each answer of all those that are there. */
  readonly onAnswer?: (answers: ReadonlyMap<string, Answer>) => void;
}

/** Asks all queries at once, each on its own: one that fails takes no other with it. @throws an AbortError when the signal fires */
export async function load(
  names: Iterable<string>,
  asked: Asked,
  { signal, onAnswer }: LoadOptions,
): Promise<Loaded> {
  const answers = new Map<string, Answer>();
  const one = async (name: string) => {
    answers.set(name, await ask(name, asked, signal));
    if (!signal.aborted) onAnswer?.(answers);
  };
  const results = await Promise.allSettled([...new Set(names)].map(one));
  if (isReplaced(signal.reason)) throw signal.reason;
  let failure: AskError | undefined;
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    if (!(result.reason instanceof AskError)) throw result.reason;
    failure ??= result.reason;
  }
  return { answers, failure };
}
