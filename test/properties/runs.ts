/** `npm run test:properties` sets it: so many bodies, other ones each time. */
const { PROPERTY_RUNS: wanted, PROPERTY_SEED: seed, PROPERTY_PATH: path } = process.env;

const SEED_OF_EACH_TEST = 1;

/**
 * How a property is checked: in `npm test` with so many bodies, the same ones each time. fast-check prints the seed
 * and the path of a body that fails: PROPERTY_SEED and PROPERTY_PATH show it again.
 */
export function runs(inEachTest: number) {
  const chosen = wanted === undefined ? SEED_OF_EACH_TEST : Date.now();
  return {
    numRuns: Number(wanted ?? inEachTest),
    seed: Number(seed ?? chosen) | 0,
    ...(path !== undefined && { path }),
  };
}

/** Long enough for hundreds of thousands of bodies. */
export const LONG_MS = 3_600_000;
