import type { Kind } from '../../../schemas/webhooks.ts';
import type { Conversation } from './conversation.ts';
import type { LogoutFact, ResolutionFact, RoomFact, SessionFact, UnrecognizedFact } from './facts.ts';

/**
 * The true answers, from what happened in the simulated world and not from any payload. What the sender lost is not in
 * them: nobody who has the webhooks alone could know it.
 */
export interface Truth {
  /** Events of each kind, each once. */
  readonly counts: Readonly<Record<Kind, number>>;
  /** Webhooks that repeat an earlier one. */
  readonly redeliveries: number;
  readonly sessions: readonly SessionTruth[];
  readonly resolutions: readonly ResolutionTruth[];
  readonly logouts: readonly LogoutFact[];
  /** Sessions whose room had no resolution since. */
  readonly backlog: readonly SessionTruth[];
}

/** A session, and how it ended. Times are milliseconds since 1970. */
export interface SessionTruth extends SessionFact {
  /** The first resolution after it and before the room's next session. */
  readonly resolution: ResolutionFact | undefined;
  readonly secondsToResolve: number | undefined;
  readonly reopenedMs: number | undefined;
  readonly nextSessionMs: number | undefined;
  readonly isOpen: boolean;
}

/** A resolution, and what it resolved. */
export interface ResolutionTruth extends ResolutionFact {
  /** None where the room was resolved already, or its session was lost. */
  readonly session: SessionFact | undefined;
  readonly secondsToResolve: number | undefined;
  /** The next session, when this is the last resolution before it: one reopening counts once. */
  readonly reopenedMs: number | undefined;
}

/** All that was told of a world. */
export interface Told {
  readonly conversations: readonly Conversation[];
  readonly logouts: readonly LogoutFact[];
  readonly unrecognized: readonly UnrecognizedFact[];
}

export function truthOf({ conversations, logouts, unrecognized }: Told, redeliveries: number): Truth {
  const rooms = conversations.map(({ facts }) => turnsOf(facts));
  const sessions = rooms.flatMap(sessionsOf);
  const count = (kind: Kind) =>
    conversations.reduce((sum, { facts }) => sum + facts.filter((fact) => fact.kind === kind).length, 0);
  return {
    counts: {
      'agent-logout': logouts.length,
      session: sessions.length,
      resolution: count('resolution'),
      message: count('message'),
      allocation: count('allocation'),
      'custom-button': count('custom-button'),
      unrecognized: unrecognized.length,
    },
    redeliveries,
    sessions,
    resolutions: rooms.flatMap(resolutionsOf),
    logouts,
    backlog: sessions.filter(({ isOpen }) => isOpen),
  };
}

type Turn = SessionFact | ResolutionFact;

/** A room's sessions and resolutions in the order in which they happened: a session can be told after its resolution. */
function turnsOf(facts: readonly RoomFact[]): Turn[] {
  const turns = facts.filter((fact) => fact.kind === 'session' || fact.kind === 'resolution');
  return turns.toSorted((a, b) => placeOf(a) - placeOf(b));
}

const placeOf = (turn: Turn) => (turn.kind === 'session' ? turn.startedMs : turn.receivedMs);
const isSession = (turn: Turn) => turn.kind === 'session';

function sessionsOf(turns: readonly Turn[]): SessionTruth[] {
  return turns.flatMap((turn, index) => {
    if (turn.kind !== 'session') return [];
    const later = turns.slice(index + 1);
    const [next] = later;
    const resolution = next?.kind === 'resolution' ? next : undefined;
    const nextSessionMs = later.find(isSession)?.startedMs;
    return {
      ...turn,
      resolution,
      secondsToResolve: resolution && wholeSeconds(turn.startedMs, resolution.receivedMs),
      reopenedMs: resolution && nextSessionMs,
      nextSessionMs,
      isOpen: later.every(isSession),
    };
  });
}

function resolutionsOf(turns: readonly Turn[]): ResolutionTruth[] {
  return turns.flatMap((turn, index) => {
    if (turn.kind !== 'resolution') return [];
    const before = turns[index - 1];
    const session = before?.kind === 'session' ? before : undefined;
    const next = turns[index + 1];
    return {
      ...turn,
      session,
      secondsToResolve: session && wholeSeconds(session.startedMs, turn.receivedMs),
      reopenedMs: next?.kind === 'session' ? next.startedMs : undefined,
    };
  });
}

function wholeSeconds(fromMs: number, toMs: number): number {
  return Math.floor((toMs - fromMs) / 1000);
}
