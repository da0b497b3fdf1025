import { instantOf } from './local-clock.ts';
import { QueryInputError } from './parameters.ts';

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/;
const MOVING = /^now(?:-(\d{1,5})([mhdw]))?$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A period as it is asked for: from `from` up to, not including, `to`. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The period that two texts name: `2026-11-01`, `2026-11-01 14:30` (both local in `tz`; of an hour that the clock
 * repeats, the first), ISO 8601 with a zone, or `now`, `now-30m`, `now-24h`, `now-7d`, `now-4w`.
 * @param from absent for the seven days before `to`
 * @param to absent for now
 * @throws QueryInputError when one is no time
 */
export function readPeriod(from: string | undefined, to: string | undefined, tz: string, now: Date): Period {
  // A second more than now, rounded: what was received in this second is in it.
  const nowMs = Math.floor(now.getTime() / 1000) * 1000 + 1000;
  const read = (text: string) => {
    const beforeMs = msBeforeNow(text);
    return beforeMs === undefined ? instant(text, tz) : new Date(nowMs - beforeMs);
  };
  const end = read(to ?? 'now');
  return { from: from === undefined ? new Date(end.getTime() - 7 * DAY_MS) : read(from), to: end };
}

/**
 * What a period that moves with the clock is called at any moment, so that those who ask for it at different seconds can
 * be told the same; undefined where both ends stand still. The texts are those of readPeriod.
 */
export function movingName(from: string | undefined, to: string | undefined, tz: string): string | undefined {
  const toName = endName(to ?? 'now', tz);
  const fromName = from === undefined ? `${toName} ${-7 * DAY_MS}` : endName(from, tz);
  return [from, to ?? 'now'].some((text) => text !== undefined && MOVING.test(text))
    ? `${fromName} to ${toName}`
    : undefined;
}

function endName(text: string, tz: string): string {
  const beforeMs = msBeforeNow(text);
  return beforeMs === undefined ? instant(text, tz).toISOString() : `now ${-beforeMs}`;
}

/** Undefined of a text that does not begin at now. */
function msBeforeNow(text: string): number | undefined {
  const [matched, amount = '0', unit = 'm'] = MOVING.exec(text) ?? [];
  return matched === undefined ? undefined : Number(amount) * (UNIT_MS[unit] ?? 0);
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
    `${JSON.stringify(text)} is no time: write 2026-11-01, "2026-11-01 14:30", ISO 8601, now or now-7d`,
  );
}
