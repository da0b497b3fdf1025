import { textTable } from '../../../cli/table.ts';
import { type ChainLine, isBroken, type Tampering } from './line.ts';

const HEADS = ['outbox', 'verified', 'erased', 'without link', 'unverified', 'last', 'head'];

const TAMPERINGS: Readonly<Record<Tampering, string>> = {
  changed: 'is not what the outbox accepted: its payload, its id or its link was changed',
  'put-in': 'shares its number with another event, and was put in after the fact',
  removed: 'was taken out, or never came',
};

/** The chains to read: a table, and what does not hold. */
export function chainsInText(chains: readonly ChainLine[]): string {
  const rows = chains.map(({ outbox, verified, erased, unlinked, unverified, last_sequence, head }) => [
    ...[outbox, `${verified}`, `${erased}`, `${unlinked}`, `${unverified}`, `${last_sequence}`],
    head === '' ? '-' : head,
  ]);
  const table = textTable({ heads: HEADS, rows, right: (column) => column > 0 && column < 6 });
  const told = [...chains.flatMap(notKept), ...chains.flatMap(breaks)];
  const verdict = chains.some(isBroken)
    ? 'The chains do not hold.'
    : 'The chains hold: nothing that was verified was changed, taken out or put in after the fact.';
  return `${table}\n${[...told, verdict].map((line) => `${line}\n`).join('')}`;
}

function notKept({ outbox, no_longer_kept: events }: ChainLine): string[] {
  if (events === 0) return [];
  return [
    `${outbox}: ${events} events are no longer kept. What follows them is verified from their last link on.`,
  ];
}

function breaks({ outbox, first_break, is_as_accepted, is_as_kept, last_sequence }: ChainLine): string[] {
  return [
    ...(first_break === null
      ? []
      : [
          `${outbox}: ${first_break.sequence} ${first_break.event_id} ${TAMPERINGS[first_break.what]}.`.replace(
            '  ',
            ' ',
          ),
        ]),
    ...(is_as_accepted === false
      ? [
          `${outbox}: the outbox has another link for ${last_sequence}: the chain was made anew after the fact.`,
        ]
      : []),
    ...(is_as_kept === false
      ? [`${outbox}: the link that was kept does not stand any more: the chain was made anew after the fact.`]
      : []),
  ];
}
