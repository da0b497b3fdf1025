import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import type { Timer } from './actor.ts';
import type { Simulation } from './simulation.ts';

/**
 * Gives the programs of a simulated world its time and chance: kafkajs, and what stands between it and our rules,
 * take them from globals. Whoever asks outside a step of the world (the test runner) gets the real ones, and
 * afterwards everyone does.
 */
export async function withVirtualGlobals<T>(sim: Simulation, work: () => Promise<T>): Promise<T> {
  const restore = [
    replace(globalThis, 'setTimeout', (real) => virtualTimeout(sim, real)),
    replace(globalThis, 'clearTimeout', virtualClear),
    replace(timersPromises, 'setTimeout', (real) => virtualSleep(sim, real)),
    replace(Date, 'now', (real) => () => (isInside(sim) ? sim.nowMs : real.call(Date))),
    replace(Math, 'random', (real) => () => (isInside(sim) ? sim.random.next() : real.call(Math))),
    replace(
      console,
      'warn',
      (real) =>
        (...args: unknown[]) =>
          isInside(sim) ? sim.note(args.join(' ')) : real(...args),
    ),
    replace(performance, 'now', (real) => () => (isInside(sim) ? sim.nowMs : real.call(performance))),
  ];
  // Who imported a function of `node:timers/promises` by its name gets the one that stands there now.
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  }
}

function isInside(sim: Simulation): boolean {
  return sim.current !== undefined;
}

function replace<Owner extends object, Key extends keyof Owner>(
  owner: Owner,
  key: Key,
  make: (real: Owner[Key]) => unknown,
): () => void {
  const real = owner[key];
  owner[key] = make(real) as Owner[Key];
  return () => {
    owner[key] = real;
  };
}

function virtualTimeout(sim: Simulation, real: typeof setTimeout) {
  return (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
    isInside(sim) ? sim.schedule(ms, () => run(...args)) : real(run, ms, ...args);
}

function virtualClear(real: typeof clearTimeout) {
  return (timer: Timer | NodeJS.Timeout | undefined) => {
    if (timer !== undefined && timer !== null && 'cancelled' in timer) timer.cancelled = true;
    else real(timer);
  };
}

/** `node:timers/promises`' own `setTimeout`, in the world's time. */
function virtualSleep(sim: Simulation, real: typeof timersPromises.setTimeout) {
  return <T>(ms: number, value?: T, options: { signal?: AbortSignal } = {}): Promise<T | undefined> => {
    if (!isInside(sim)) return real(ms, value, options);
    const { signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    if (signal?.aborted) reject(signal.reason);
    const timer = sim.schedule(ms, () => resolve(value));
    signal?.addEventListener('abort', () => {
      timer.cancelled = true;
      reject(signal.reason);
    });
    return promise;
  };
}
