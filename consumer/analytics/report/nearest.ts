/** The names most like a mistyped one, best first: those with at most half of it to change, three at most. */
export function nearest(typed: string, names: readonly string[]): string[] {
  const near = names
    .map((name) => ({ name, changes: name.includes(typed) ? 0 : changesBetween(typed, name) }))
    .filter(({ name, changes }) => changes <= Math.max(typed.length, name.length) / 2);
  return near
    .toSorted((a, b) => a.changes - b.changes)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace to get from one to the other (Levenshtein). */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
