import { onTestFinished } from 'vitest';

type CleanUp = () => Promise<void> | void;

const afterFile: CleanUp[] = [];

/**
 * Has something undone: after the running test, or, when called from `beforeAll`, after the file. What was made last
 * is undone first.
 */
export function undoAfterwards(cleanUp: CleanUp): void {
  try {
    onTestFinished(cleanUp);
  } catch {
    afterFile.push(cleanUp);
  }
}

/** Undoes what was made for the file that has ended; for each-file.ts. */
export async function undoFile(): Promise<void> {
  const faults: unknown[] = [];
  // The next file runs in this process: one that fails must leave it none of the others.
  for (const cleanUp of afterFile.splice(0).reverse()) {
    try {
      await cleanUp();
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, 'what was made for the file cannot be undone');
}
