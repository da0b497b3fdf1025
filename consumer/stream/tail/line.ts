import { styleText } from 'node:util';
import type { Kind } from '../../../schemas/webhooks.ts';
import { plain } from '../../cli/plain.ts';
import type { Summary } from '../summary.ts';

type Colour = Parameters<typeof styleText>[0];

const COLOURS: Readonly<Record<Kind, Colour>> = {
  session: 'blue',
  resolution: 'green',
  message: 'cyan',
  allocation: 'magenta',
  'custom-button': 'magenta',
  'agent-logout': 'yellow',
  unrecognized: 'red',
};
const KIND_WIDTH = Math.max(...Object.keys(COLOURS).map((kind) => kind.length));
const NOTHING = '–';

/** An event as a line to read, coloured where it goes to a terminal that wants colours. */
export function eventLine(summary: Summary, stream: NodeJS.WritableStream): string {
  const { event_id, app_id, kind, received, source, who, what } = summary;
  const paint = (colour: Colour, text: string) => styleText(colour, text, { stream });
  const parts = [
    paint('dim', received),
    paint(COLOURS[kind], kind.padEnd(KIND_WIDTH)),
    plain(app_id),
    paint('bold', plain(who) || NOTHING) + (source === '' ? '' : ` (${plain(source)})`),
    plain(what) || NOTHING,
    paint('dim', event_id),
  ];
  return `${parts.join('  ')}\n`;
}
