import { withVirtualGlobals } from './globals.ts';
import { Simulation } from './simulation.ts';

/** What a schedule runs in. */
export interface World {
  /** How many events are to come through. */
  readonly events: number;
  /** Ends one of the programs under test, as `kill -9` does; false when none is there. */
  kill(): boolean;
  /** Asked once in each virtual second. */
  isSettled(): boolean;
  /** Tells the simulation what does not hold. */
  check(): void;
  close(): void;
}

/** A kind of world. Its name is that of its test file. */
export interface Scenario {
  readonly name: string;
  readonly create: (sim: Simulation) => World;
}

/** When programs die: at the nth step and nowhere else, or by chance, as the seed has it. */
export interface Deaths {
  readonly atStep?: number | undefined;
}

/** How a run ended that kept all guarantees. */
export interface Ended {
  readonly events: number;
  readonly steps: number;
  readonly crashes: number;
  readonly trace: readonly string[];
  /** The chance that would have come next: two runs that drew differently anywhere differ here. */
  readonly nextChance: number;
}

/** A guarantee was broken; the message says which, how to see it again, and what came before. */
export class BrokenGuarantee extends Error {
  override readonly name = 'BrokenGuarantee';
}

const TICK_MS = 1_000;
const DEADLY_MS = 30_000;
const SHOWN_LINES = 40;

/**
 * Runs one schedule to its end.
 * @throws BrokenGuarantee
 */
export async function runSchedule(
  { name, create }: Scenario,
  seed: number,
  { atStep }: Deaths = {},
): Promise<Ended> {
  const sim = new Simulation(seed);
  const crashes = { count: 0 };
  let world: World | undefined;
  try {
    return await withVirtualGlobals(sim, async () => {
      const made = sim.as(sim.world, () => create(sim));
      world = made;
      killBetweenSteps(sim, made, atStep, crashes);
      await sim.run(everySecond(sim, () => made.isSettled()));
      sim.as(sim.world, () => made.check());
      await sim.run(() => true);
      const { steps, trace, random } = sim;
      return { events: made.events, steps, crashes: crashes.count, trace, nextChance: random.next() };
    });
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const step = atStep === undefined ? '' : ` SIM_STEP=${atStep}`;
    const replay = `SIM_SEED=${seed}${step} npx vitest run test/simulation/${name}.test.ts`;
    throw new BrokenGuarantee(`${what}\nreplay: ${replay}\n${sim.trace.slice(-SHOWN_LINES).join('\n')}`);
  } finally {
    world?.close();
  }
}

function killBetweenSteps(
  sim: Simulation,
  world: World,
  atStep: number | undefined,
  crashes: { count: number },
): void {
  const rate = sim.random.pick([0, 0.001, 0.01, 0.05]);
  const safeAtMs = sim.nowMs + DEADLY_MS;
  sim.beforeStep = () => {
    const isTime =
      atStep === undefined ? sim.nowMs < safeAtMs && sim.random.chance(rate) : sim.steps === atStep;
    if (isTime && sim.as(sim.world, () => world.kill())) crashes.count++;
  };
}

/** What a question was answered with when it was last asked, in the world's own time. */
function everySecond(sim: Simulation, question: () => boolean): () => boolean {
  let answer = false;
  const ask = () => {
    answer = question();
    sim.schedule(TICK_MS, ask, sim.world);
  };
  sim.schedule(TICK_MS, ask, sim.world);
  return () => answer;
}
