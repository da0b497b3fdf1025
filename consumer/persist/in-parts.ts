import { ClickHouseError } from '@clickhouse/client';

/** So many parts are tried at the most. */
const MOST_PARTS = 4_096;

/** Which of how many; values of a statement's own parameters. */
export interface Part {
  readonly parts: number;
  readonly part: number;
}

/**
 * Does something part by part, anew in smaller parts where ClickHouse has no memory for one: what a server can do at once
 * it does at once, and a small one gets there all the same.
 * @param parts how many are tried first
 * @throws what the work throws, but for want of memory
 */
export function inParts(parts: number, work: (part: Part) => Promise<void>): Promise<void> {
  return inAsManyParts(parts, async (tried) => {
    for (let part = 0; part < tried; part++) await work({ parts: tried, part });
  });
}

/** The same for work that makes its parts itself; it is told how many. @throws what the work throws, but for want of memory */
export async function inAsManyParts(parts: number, work: (parts: number) => Promise<void>): Promise<void> {
  try {
    await work(parts);
  } catch (error) {
    if (!isOutOfMemory(error) || parts >= MOST_PARTS) throw error;
    await inAsManyParts(4 * parts, work);
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof ClickHouseError && error.type === 'MEMORY_LIMIT_EXCEEDED';
}
