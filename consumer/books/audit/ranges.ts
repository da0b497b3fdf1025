/** Sequence numbers from the first to the last, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** How many numbers the ranges hold. */
export function count(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** What of the ranges is not above a number. */
export function upTo(ranges: readonly Range[], most: number): Range[] {
  return ranges
    .filter(({ first }) => first <= most)
    .map(({ first, last }) => ({ first, last: Math.min(last, most) }));
}

/** The ranges less some numbers. */
export function without(ranges: readonly Range[], numbers: readonly number[]): Range[] {
  let left = [...ranges];
  for (const number of numbers) {
    left = left.flatMap(({ first, last }) => {
      if (number < first || number > last) return [{ first, last }];
      return [
        { first, last: number - 1 },
        { first: number + 1, last },
      ].filter((range) => range.first <= range.last);
    });
  }
  return left;
}

/** `3, 7–9, 12`; of many ranges the first few, and how many more there are. */
export function inWords(ranges: readonly Range[], most = 20): string {
  const shown = ranges
    .slice(0, most)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  const more = ranges.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} ranges more` : '');
}
