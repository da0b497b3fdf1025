import { instantOf } from './local-clock.ts';
import { QueryInputError } from './parameters.ts';

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/;
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A period as it is asked for: from `from` up to, not including, `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The period that two texts name: `2026-11-01`, `2026-11-01 14:30` (both local in `tz`; of an hour that the clock
 * repeats, the first) or ISO 8601 with a zone.
 * @param from absent for the seven days before `to`
 * @param to absent for now
 * @throws QueryInputError when one is no time
 */
export function readPeriod(from: string | undefined, to: string | undefined, tz: string, now: Date): Period {
  // A second more than now, rounded: what was received in this second is in it.
  const end = to === undefined ? new Date(Math.floor(now.getTime() / 1000) * 1000 + 1000) : instant(to, tz);
  return { from: from === undefined ? new Date(end.getTime() - 7 * DAY_MS) : instant(from, tz), to: end };
}

/**
 * The period that is one day, `2026-11-01`, local in `tz`.
 * @param beside from and to, which it stands for
 * @throws QueryInputError when it is no day, or another period is given beside it
 */
export function readDay(
  day: string,
  beside: { readonly from: string | undefined; readonly to: string | undefined },
  tz: string,
): Period {
  if (beside.from !== undefined || beside.to !== undefined)
    throw new QueryInputError('day stands for from and to: give either');
  if (!DAY.test(day)) throw new QueryInputError(`${JSON.stringify(day)} is no day: write 2026-11-01`);
  const next = new Date(valid(Date.parse(`${day}T00:00Z`), day).getTime() + DAY_MS);
  return { from: instant(day, tz), to: instant(next.toISOString().slice(0, 10), tz) };
}

function instant(text: string, tz: string): Date {
  if (WITH_ZONE.test(text)) return valid(Date.parse(text), text);
  const [, date = '', clock = '00:00'] = LOCAL.exec(text) ?? [];
  const clockMs = valid(Date.parse(`${date}T${clock}Z`), text).getTime();
  // Date takes 30 February for 2 March.
  if (clock < '24' && new Date(clockMs).toISOString().slice(0, 10) !== date) return valid(Number.NaN, text);
  return new Date(instantOf(clockMs, tz));
}

function valid(ms: number, text: string): Date {
  if (!Number.isNaN(ms)) return new Date(ms);
  throw new QueryInputError(
    `${JSON.stringify(text)} is no time: write 2026-11-01, "2026-11-01 14:30" or ISO 8601`,
  );
}
