import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { KINDS, type Kind } from '../../../schemas/webhooks.ts';
import { commandLine } from '../../cli/command.ts';

export const FORMATS = ['parquet', 'ndjson'] as const;
export type ExportFormat = (typeof FORMATS)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly kinds: readonly Kind[];
  /** UTC days, the first included, the second not; milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly dir: string;
  readonly isAnyway: boolean;
  readonly isJson: boolean;
}

const DAY_MS = 86_400_000;

const EXPLANATION = `
A file for each kind and UTC day of receipt: {dir}/{kind}/{day}.parquet, or .ndjson, also for a day without events. One
that is there is complete and left as it is; to make it again, remove it. A day that is not over, or of which events are
still on their way, is refused: its file would lack them for ever. Parquet has the columns of the table events, NDJSON
a CloudEvent in structured mode a line.
`;

/** Reads the command line. @throws CommanderError */
export function readOptions(args: readonly string[], nowMs: number): ExportOptions {
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const { format, kind, from, to, dir, anyway, json } = commandLine(
    'export',
    'Writes stored events to files, one a kind and day, each once: for a data lake.',
  )
    .addOption(new Option('--format <format>', 'of the files').choices(FORMATS).makeOptionMandatory())
    .requiredOption('--from <day>', 'the first day, as 2026-03-01', dayMs)
    .option('--to <day>', 'up to, not including (default: today)', dayMs)
    .requiredOption('--dir <dir>', 'where the files go')
    .addOption(new Option('--kind <kind>', 'those of one kind (default: all)').choices(KINDS))
    .option('--anyway', 'also days of which events are missing')
    .option('--json', 'one JSON object at the end')
    .addHelpText('after', EXPLANATION)
    .parse(args, { from: 'user' })
    .opts();
  return {
    format,
    kinds: kind === undefined ? KINDS : [kind],
    fromMs: from,
    toMs: to ?? todayMs,
    dir,
    isAnyway: anyway ?? false,
    isJson: json ?? false,
  };
}

function dayMs(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date takes 30 February for 2 March.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)) return ms;
  throw new InvalidArgumentError('It must be a day such as 2026-03-01.');
}
