import type { EachMessagePayload } from 'kafkajs';
import { FACTS } from './facts.ts';
import { timeText } from './time.ts';

/** A row for a table. */
export interface TableRow {
  readonly table: string;
  readonly row: object;
}

/** The rows of a message: its event, and the fact of its kind. Nothing is checked. */
export function rowsOf({ topic, partition, message }: EachMessagePayload): TableRow[] {
  const payload = `${message.value}`;
  const header = (name: string) => `${message.headers?.[name]}`;
  const kind = header('ce_type').split('.').at(-1) ?? '';
  const common = {
    event_id: header('ce_id'),
    app_id: header('ce_source').split('/').at(-1),
    occurred_at: timeText(Date.parse(header('ce_time'))),
    received_at: timeText(Date.parse(header('ce_receivedtime'))),
    outbox: header('ce_outbox'),
    sequence: Number(header('ce_sequence')),
  };
  const event = { ...common, kind, payload, topic, partition, offset: message.offset };
  const chain = header('ce_chain');
  const events = { table: 'events_rows', row: { ...event, chain } };
  const fact = FACTS[kind];
  if (fact === undefined) return [events];
  return [events, { table: fact.table, row: { ...common, ...fact.columns(JSON.parse(payload)) } }];
}
