import { KINDS, type Kind } from '../../schemas/webhooks.ts';

/** A row of `erasures`, but for when it is written. */
export interface Erasure {
  readonly event_id: string;
  readonly outbox: string;
  readonly sequence: number;
  readonly app_id: string;
  readonly kind: string;
  readonly occurred_at: string;
  readonly received_at: string;
  readonly payload: string;
  readonly is_theirs: boolean;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number | string;
  readonly chain: string;
}

/** Whom, and by which ids. */
export interface Wanted {
  readonly app: string;
  readonly ids: readonly string[];
}

/** Text that has signs which JSON may escape in several ways is looked for in every payload. */
export function paramsOf({ app, ids }: Wanted) {
  return { app, ids: [...ids], odd: ids.some((id) => /[/"\\]/.test(id)) };
}

/** The kind that a column names. */
export function kindOf(kind: string): Kind {
  return KINDS.find((each) => each === kind) ?? 'unrecognized';
}
