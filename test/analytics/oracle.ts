/** An event of a room's history; times in milliseconds. */
export type Step = {
  id: string;
  app: string;
  room: string;
  kind: 'session' | 'resolution';
  at: number;
  sequence: number;
};

/** What `session_outcomes` must say of a session. */
export type SessionOutcome = {
  id: string;
  resolution: string;
  secondsToResolve: number | null;
  secondsToReopen: number | null;
  isOpen: boolean;
};

const wholeSeconds = (from: number, to: number) => Math.floor((to - from) / 1000);
const byTime = (a: Step, b: Step) => a.at - b.at || a.sequence - b.sequence;

/** The outcome of each session, found by looking through the whole history for each: slow, and plainly right. */
export function sessionOutcomes(history: readonly Step[]): SessionOutcome[] {
  return history.filter(({ kind }) => kind === 'session').map((session) => outcomeOf(session, history));
}

function outcomeOf(session: Step, history: readonly Step[]): SessionOutcome {
  const room = history
    .filter(({ app, room }) => app === session.app && room === session.room)
    .toSorted(byTime);
  const sessions = room.filter(({ kind }) => kind === 'session');
  const later = room.filter(({ kind, at }) => kind === 'resolution' && at >= session.at);
  const next = sessions.find((other) => byTime(other, session) > 0);
  const resolution = later.find(({ at }) => next === undefined || at < next.at);
  const reopening = resolution === undefined ? undefined : sessions.find(({ at }) => at > resolution.at);
  return {
    id: session.id,
    resolution: resolution?.id ?? '',
    secondsToResolve: resolution === undefined ? null : wholeSeconds(session.at, resolution.at),
    secondsToReopen:
      resolution === undefined || reopening === undefined ? null : wholeSeconds(resolution.at, reopening.at),
    isOpen: later.length === 0,
  };
}

/** What `resolution_outcomes` must say of a resolution. */
export type ResolutionOutcome = {
  id: string;
  /** The session that it resolved; empty when none. */
  session: string;
  /** Milliseconds; null where it was not reopened. */
  reopenedAt: number | null;
};

/** The outcome of each resolution; a session reopens the last resolution before it, and no other. */
export function resolutionOutcomes(history: readonly Step[]): ResolutionOutcome[] {
  const sessions = sessionsResolved(history);
  const reopened = new Map(
    history.filter(({ kind }) => kind === 'session').flatMap((s) => reopening(s, history)),
  );
  const resolutions = history.filter(({ kind }) => kind === 'resolution');
  return resolutions.map(({ id }) => ({
    id,
    session: sessions.get(id) ?? '',
    reopenedAt: reopened.get(id) ?? null,
  }));
}

/** What a session reopened, and when; nothing where another session of the room stands between the two. */
function reopening(session: Step, history: readonly Step[]): [id: string, at: number][] {
  const earlier = history
    .filter(({ app, room }) => app === session.app && room === session.room)
    .filter((step) => (step.kind === 'session' ? byTime(step, session) < 0 : step.at < session.at));
  const resolution = earlier
    .filter(({ kind }) => kind === 'resolution')
    .toSorted(byTime)
    .at(-1);
  const isFirstSince = (other: Step) => other.kind === 'session' && other.at > (resolution?.at ?? 0);
  return resolution === undefined || earlier.some(isFirstSince) ? [] : [[resolution.id, session.at]];
}

/** The session that each resolution resolved, by the ids; empty when none. */
function sessionsResolved(history: readonly Step[]): Map<string, string> {
  const pairs = sessionOutcomes(history).filter(({ resolution }) => resolution !== '');
  const sessionOf = new Map(pairs.map(({ id, resolution }) => [resolution, id]));
  const resolutions = history.filter(({ kind }) => kind === 'resolution');
  return new Map(resolutions.map(({ id }) => [id, sessionOf.get(id) ?? '']));
}
