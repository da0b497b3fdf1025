import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { structured } from '../../../schemas/structured.ts';
import type { Kind } from '../../../schemas/webhooks.ts';
import { isGone, type NotKept } from '../../books/retention/kept.ts';
import { dayText } from '../../books/retention/months.ts';
import { countStored, readStored, type Selection } from '../stored/read.ts';
import { checkParquet, isThere, writeWhole } from './file.ts';
import type { ExportFormat, ExportOptions } from './options.ts';

const DAY_MS = 86_400_000;

/** What became of one kind's day. */
export interface ExportedDay {
  readonly kind: Kind;
  /** `2026-03-01` */
  readonly day: string;
  readonly file: string;
  readonly outcome: 'written' | 'was there' | 'no longer kept';
  /** Undefined where no file was written. */
  readonly events?: number;
}

const PARQUET = `SELECT event_id, app_id, kind, occurred_at, received_at, outbox, sequence, payload, topic, partition, offset, chain
  FROM events
  WHERE kind = {kind:String}
    AND received_at >= fromUnixTimestamp64Milli({from:Int64}) AND received_at < fromUnixTimestamp64Milli({to:Int64})
  ORDER BY toStartOfHour(received_at), outbox, sequence, event_id
  FORMAT Parquet`;

/** Small groups of rows: the payloads of one are in ClickHouse's memory at a time. */
const PARQUET_SETTINGS = {
  output_format_parquet_row_group_size: '20000',
  output_format_parquet_row_group_size_bytes: '33554432',
  output_format_parquet_compression_method: 'zstd',
  output_format_parquet_string_as_string: 1,
  // It goes to the disk as it comes; that it came to its end is seen from its mark.
  wait_end_of_query: 0,
} as const;

/** The days that are asked for, of each kind. */
export function daysOf({
  kinds,
  fromMs,
  toMs,
}: ExportOptions): { readonly kind: Kind; readonly dayMs: number }[] {
  const days = Array.from({ length: Math.max(0, (toMs - fromMs) / DAY_MS) }, (_, i) => fromMs + i * DAY_MS);
  return days.flatMap((dayMs) => kinds.map((kind) => ({ kind, dayMs })));
}

/** Writes the file of one kind's day, unless it is there, or its events are no longer kept. @throws ClickHouse's error, the disk's, IncompleteError */
export async function exportDay(
  client: ClickHouseClient,
  { kind, dayMs }: { readonly kind: Kind; readonly dayMs: number },
  { format, dir, notKept }: Pick<ExportOptions, 'format' | 'dir'> & { readonly notKept: NotKept },
): Promise<ExportedDay> {
  const day = dayText(dayMs);
  const file = join(dir, kind, `${day}.${format}`);
  if (await isThere(file)) return { kind, day, file, outcome: 'was there' };
  // Empty, its file would say that nothing was received.
  if (isGone(notKept, dayMs)) return { kind, day, file, outcome: 'no longer kept' };
  const selection = { kinds: [kind], app: undefined, fromMs: dayMs, toMs: dayMs + DAY_MS };
  const events = await countStored(client, selection);
  await write(client, format, file, selection);
  return { kind, day, file, outcome: 'written', events };
}

async function write(
  client: ClickHouseClient,
  format: ExportFormat,
  file: string,
  selection: Selection,
): Promise<void> {
  if (format === 'ndjson') {
    await writeWhole(file, Readable.from(lines(client, selection)));
    return;
  }
  const [kind] = selection.kinds;
  const { stream } = await client.exec({
    query: PARQUET,
    query_params: { kind, from: selection.fromMs, to: selection.toMs },
    clickhouse_settings: PARQUET_SETTINGS,
  });
  await writeWhole(file, stream, checkParquet);
}

async function* lines(client: ClickHouseClient, selection: Selection): AsyncGenerator<string> {
  for await (const { event } of readStored(client, selection)) {
    yield `${structured(event, Buffer.from(event.payload))}\n`;
  }
}
