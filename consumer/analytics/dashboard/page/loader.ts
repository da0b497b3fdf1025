import { AskError, type Asked, ask, isReplaced } from './ask.ts';
import type { Answer } from './values.ts';

/** What came of asking several queries. */
export interface Loaded {
  readonly answers: ReadonlyMap<string, Answer>;
  /** The first failure, if there was one. */
  readonly failure: AskError | undefined;
}

/** Asks all queries at once, each on its own: one that fails takes no other with it. @throws an AbortError when the signal fires */
export async function load(names: Iterable<string>, asked: Asked, signal: AbortSignal): Promise<Loaded> {
  const wanted = [...new Set(names)];
  const results = await Promise.allSettled(wanted.map((name) => ask(name, asked, signal)));
  if (isReplaced(signal.reason)) throw signal.reason;
  const answers = new Map<string, Answer>();
  let failure: AskError | undefined;
  for (const result of results) {
    if (result.status === 'fulfilled') answers.set(result.value.name, result.value);
    else if (result.reason instanceof AskError) failure ??= result.reason;
    else throw result.reason;
  }
  return { answers, failure };
}
