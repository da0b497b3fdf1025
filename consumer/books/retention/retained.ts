import {
  CLOSED_EVENTS_TABLE,
  CLOSED_MESSAGES_TABLE,
  EVENTS_TABLE,
  FACT_TABLES,
} from '../../persist/tables.ts';

/** A table whose old partitions are dropped. */
export interface Retained {
  /** As people call it. */
  readonly view: 'events' | 'messages';
  readonly table: string;
  /** What its months are of. */
  readonly time: 'received_at' | 'occurred_at';
  /** What stays of its rows. */
  readonly closed: string;
  /** The setting that says how long it is kept. */
  readonly setting: 'EVENTS_KEEP_DAYS' | 'MESSAGES_KEEP_DAYS';
}

export const EVENTS: Retained = {
  view: 'events',
  table: EVENTS_TABLE,
  time: 'received_at',
  closed: CLOSED_EVENTS_TABLE,
  setting: 'EVENTS_KEEP_DAYS',
};

export const MESSAGES: Retained = {
  view: 'messages',
  table: FACT_TABLES.message,
  time: 'occurred_at',
  closed: CLOSED_MESSAGES_TABLE,
  setting: 'MESSAGES_KEEP_DAYS',
};
