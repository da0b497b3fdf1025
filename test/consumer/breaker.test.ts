import { describe, expect, test } from 'vitest';
import { Breaker, SUSPICIOUS_ROWS, SUSPICIOUS_VIOLATIONS } from '../../consumer/persist/breaker.ts';

const PARSE = '27 CANNOT_PARSE_INPUT_ASSERTION_FAILED';
const CONSTRAINT = '469 VIOLATED_CONSTRAINT';

/** A breaker after so many rows of a table were refused in a row. */
function refusedRows(rows: number, code: string, breaker = new Breaker()): Breaker {
  for (let row = 0; row < rows; row++) breaker.refused('sessions_rows', code);
  return breaker;
}

describe('a table is held to refuse every row', () => {
  test.each([
    [PARSE, SUSPICIOUS_ROWS],
    [CONSTRAINT, SUSPICIOUS_VIOLATIONS],
    ['469', SUSPICIOUS_VIOLATIONS],
    ['4690 SOME_OTHER', SUSPICIOUS_ROWS],
  ])('with %s after %i rows in a row, and not before', (code, limit) => {
    expect(refusedRows(limit - 1, code).isOpen('sessions_rows')).toBe(false);
    expect(refusedRows(limit, code).isOpen('sessions_rows')).toBe(true);
    expect(refusedRows(limit + 1, code).isOpen('sessions_rows')).toBe(true);
  });

  test('no longer once it has taken a row, and not while nothing is known of it', () => {
    const breaker = refusedRows(SUSPICIOUS_ROWS, PARSE);
    expect(breaker.isOpen('messages_rows')).toBe(false);
    breaker.inserted('messages_rows');
    expect(breaker.isOpen('sessions_rows')).toBe(true);
    breaker.inserted('sessions_rows');
    expect(breaker.isOpen('sessions_rows')).toBe(false);
    expect(refusedRows(SUSPICIOUS_ROWS - 1, PARSE, breaker).isOpen('sessions_rows')).toBe(false);
  });
});
