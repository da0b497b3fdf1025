import { duration } from './numbers.ts';
import { numberOrNull, type Row, textOf } from './values.ts';
import { channelName } from './words.ts';

/** Shorter than this, nothing is said of a silence, seconds. */
const SILENCE_SECONDS = 15 * 60;
/** From here on, working hours are told beside all hours: within them, they are the same as a rule. */
const TOLD_BESIDE_SECONDS = 60 * 60;

/** A duration, and how much of it lies in working hours: `14 h 02 min (1 h 30 min in working hours)`. */
export function withWorking(seconds: number, working: number | null): string {
  if (working === null || seconds < TOLD_BESIDE_SECONDS) return duration(seconds);
  const within = working <= 0 ? 'none of it' : duration(Math.min(working, seconds));
  return `${duration(seconds)} (${within} in working hours)`;
}

/** `No one for 14 h 02 min (…)`, of the time before an event; undefined where it was short. @param of whose silence */
export function silence(row: Row, of = 'No one'): string | undefined {
  const seconds = numberOrNull(row, 'gap_seconds');
  if (seconds === null || seconds < SILENCE_SECONDS) return undefined;
  return `${of} for ${withWorking(seconds, numberOrNull(row, 'business_gap_seconds'))}`;
}

/** Whose wait an event ended; undefined where it ended none, or none worth telling. */
export function waitEnded(row: Row): string | undefined {
  const seconds = numberOrNull(row, 'waited_seconds');
  if (seconds === null || seconds < 60) return undefined;
  const long = withWorking(seconds, numberOrNull(row, 'business_waited_seconds'));
  return textOf(row, 'waited') === 'customer'
    ? `The customer had waited ${long}`
    : `The team had waited ${long}`;
}

/** What happened, and who did it: the names of people stand apart, since they are not ours. */
export function whatHappened(row: Row): { readonly who: string; readonly did: string } {
  const who = textOf(row, 'who') || textOf(row, 'customer_name') || textOf(row, 'agent_email');
  const channel = textOf(row, 'channel');
  const by = channel === '' ? '' : ` by ${channelName(channel)}`;
  switch (textOf(row, 'kind')) {
    case 'session':
      return { who: who || 'The customer', did: `began a session${by}` };
    case 'message':
      return textOf(row, 'side') === 'team'
        ? { who: who || 'The team', did: 'wrote by the REST API' }
        : { who: who || 'The customer', did: 'wrote' };
    case 'resolution':
      return { who: textOf(row, 'who') || agentOf(row) || 'Nobody named', did: 'resolved it' };
    case 'allocation':
      return agentOf(row) === ''
        ? { who: 'Nobody', did: 'was proposed as agent' }
        : { who: agentOf(row), did: 'was proposed as agent' };
    case 'custom-button':
      return { who: textOf(row, 'who') || agentOf(row) || 'Somebody', did: 'clicked a custom button' };
    case 'agent-logout':
      return {
        who: agentOf(row),
        did: row.force_offline === true ? 'was logged out by somebody else' : 'logged out',
      };
    default:
      return { who, did: textOf(row, 'kind') };
  }
}

function agentOf(row: Row): string {
  return textOf(row, 'agent') || textOf(row, 'who') || textOf(row, 'agent_email');
}

/** What became of a session or a resolution, in sentences. @param openSeconds for how long it has been open, if it is */
export function outcomeOf(row: Row, openSeconds: number): readonly string[] {
  const seconds = numberOrNull(row, 'seconds_to_resolve');
  const took = seconds === null ? '' : withWorking(seconds, numberOrNull(row, 'business_seconds_to_resolve'));
  const reopened = textOf(row, 'reopened');
  const again =
    reopened === ''
      ? []
      : [`Reopened ${afterwards(textOf(row, 'resolved') || textOf(row, 'happened'), reopened)} later`];
  const kind = textOf(row, 'kind');
  if (kind === 'resolution') {
    const repeated = 'The room was resolved already, or its session is not known';
    return [seconds === null ? repeated : `${took} after the session began`, ...again];
  }
  if (kind !== 'session') return [];
  const by = textOf(row, 'resolved_by') || 'Nobody named';
  const ends: Readonly<Record<string, string>> = {
    resolved: `Resolved by ${by} after ${took}`,
    unresolved: 'Not resolved: another session followed',
    open: `Open for ${duration(Math.max(0, openSeconds))}`,
  };
  return [ends[textOf(row, 'outcome')] ?? textOf(row, 'outcome'), ...again, ...whereItWent(row)];
}

/** Where the time of a session went. */
function whereItWent(row: Row): string[] {
  const told = (column: string, words: string, working?: string) => {
    const seconds = numberOrNull(row, column);
    const within = working === undefined ? null : numberOrNull(row, working);
    return seconds === null || seconds < 60 ? [] : [`${words} ${withWorking(seconds, within)}`];
  };
  const parts = [
    ...told('customer_waited_seconds', 'the customer waited', 'business_customer_waited_seconds'),
    ...told('team_waited_seconds', 'the team waited'),
    ...told('longest_gap_seconds', 'the longest silence took'),
  ].join(', ');
  return parts === '' ? [] : [parts.charAt(0).toUpperCase() + parts.slice(1)];
}

/** How long after one local time another is. */
function afterwards(before: string, after: string): string {
  const ms = (local: string) => Date.parse(`${local.replace(' ', 'T')}Z`);
  return duration(Math.max(0, (ms(after) - ms(before)) / 1000));
}
