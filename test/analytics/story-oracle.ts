/** What happens in a room; a reply is a message by the REST API. */
export type Kind = 'session' | 'resolution' | 'message' | 'reply' | 'allocation' | 'click';

export interface Happening {
  readonly kind: Kind;
  /** Milliseconds. */
  readonly at: number;
  readonly sequence: number;
  readonly id: string;
}

const RANKS: readonly (readonly Kind[])[] = [
  ['session'],
  ['message', 'reply'],
  ['allocation'],
  ['click'],
  ['resolution'],
];
const rank = ({ kind }: Happening) => RANKS.findIndex((kinds) => kinds.includes(kind));
const wholeSeconds = (from: number, to: number) => Math.floor((to - from) / 1000);

/** What `room-story` must say: found by walking through the room once, keeping who waits since when. */
export function storyOf(history: readonly Happening[]) {
  const room = history.toSorted((a, b) => a.at - b.at || rank(a) - rank(b) || a.sequence - b.sequence);
  const since: { customer?: number | undefined; team?: number | undefined } = {};
  let isResolved = false;
  return room.map((step, i) => {
    const side = sideOf(step);
    const other = side === 'team' ? 'customer' : 'team';
    const from = side === '' ? undefined : since[other];
    if (side !== '') since[other] = undefined;
    if (side === 'customer') since.customer ??= step.at;
    if (side !== '') isResolved = step.kind === 'resolution' || (isResolved && side === 'team');
    // Who has resolved it waits for nothing.
    if (isResolved) since.team = undefined;
    else if (side === 'team') since.team ??= step.at;
    const before = room[i - 1];
    return {
      event_id: step.id,
      side,
      gap_seconds: before === undefined ? null : wholeSeconds(before.at, step.at),
      waited: from === undefined ? '' : other,
      waited_seconds: from === undefined ? null : wholeSeconds(from, step.at),
      ...endOf(step, room.slice(0, i), room.slice(i + 1)),
    };
  });
}

function sideOf({ kind }: Happening): 'customer' | 'team' | '' {
  if (kind === 'session' || kind === 'message') return 'customer';
  return kind === 'reply' || kind === 'resolution' ? 'team' : '';
}

const isFact = ({ kind }: Happening) => kind === 'session' || kind === 'resolution';

function endOf(step: Happening, before: readonly Happening[], after: readonly Happening[]) {
  const next = after.find(isFact);
  const previous = before.findLast(isFact);
  if (step.kind === 'session' && next?.kind === 'resolution')
    return { outcome: 'resolved', seconds_to_resolve: wholeSeconds(step.at, next.at) };
  if (step.kind === 'session')
    return {
      outcome: after.some(({ kind }) => kind === 'resolution') ? 'unresolved' : 'open',
      seconds_to_resolve: null,
    };
  if (step.kind !== 'resolution') return { outcome: '', seconds_to_resolve: null };
  const isFirst = previous?.kind === 'session';
  return {
    outcome: next?.kind === 'session' ? 'reopened' : isFirst ? 'closed' : 'repeated',
    seconds_to_resolve: isFirst ? wholeSeconds(previous.at, step.at) : null,
  };
}
