import { afterAll, onTestFinished } from 'vitest';

type CleanUp = () => Promise<void> | void;

const afterFile: CleanUp[] = [];

// Registered while the test file is collected, since that is when it imports this.
afterAll(async () => {
  for (const cleanUp of afterFile.reverse()) await cleanUp();
});

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
