import { type Asked, queryUrl } from './ask.ts';
import { h, refill } from './elements.ts';
import type { Answer } from './values.ts';
import { hrefOf, type View } from './view.ts';

/** What a card is shown with. */
export interface CardData {
  readonly view: View;
  readonly asked: Asked;
  /** The answer to one of the queries that the card uses. */
  readonly of: (query: string) => Answer;
}

/** A part of the page over one or more queries. */
export interface Card {
  readonly id: string;
  readonly title: string;
  /** Names of queries; the first is the one whose rows are offered as CSV and whose notes are shown. */
  readonly uses: readonly [string, ...string[]];
  /** Takes the whole width. */
  readonly isWide?: boolean;
  /** What stands for the same in a chart and in words: shown when the first answer has no rows. */
  readonly isEmpty?: (data: CardData) => boolean;
  /** Buttons beside the title. */
  readonly actions?: readonly HTMLElement[];
  /** Makes or updates the content. */
  readonly show: (data: CardData) => readonly (Node | string)[];
}

/** A card's place on the page, with what it says while there is nothing to show. */
export class CardFrame {
  readonly card: Card;
  readonly element: HTMLElement;
  readonly #body = h('div', { class: 'card-body' }, h('div', { class: 'skeleton' }));
  readonly #counts = h('p');
  readonly #csv: HTMLAnchorElement;
  #hasContent = false;

  constructor(card: Card) {
    this.card = card;
    this.#csv = h(
      'a',
      { class: 'button', download: true, 'aria-label': `${card.title}: download as CSV` },
      'CSV',
    );
    const title = h('h2', { id: `${card.id}-title` }, card.title);
    const tools = h('div', { class: 'card-tools' }, ...(card.actions ?? []), this.#csv);
    this.element = h(
      'section',
      {
        id: card.id,
        class: `card${card.isWide ? ' wide' : ''}`,
        'aria-labelledby': `${card.id}-title`,
        'aria-busy': 'true',
      },
      h('header', {}, title, tools),
      this.#body,
      h('details', { class: 'notes' }, h('summary', {}, 'What this counts'), this.#counts),
    );
  }

  /** Says that new numbers are on their way; what is there stays, paler. */
  loading(): void {
    this.element.setAttribute('aria-busy', 'true');
  }

  show(data: CardData): void {
    const [main] = this.card.uses;
    const { question, notes, asked, ignored, rows } = data.of(main);
    this.element.setAttribute('aria-busy', 'false');
    this.#hasContent = true;
    this.#csv.href = queryUrl(main, asked, '.csv');
    const isEmpty = this.card.isEmpty?.(data) ?? rows.length === 0;
    refill(this.#body, ...(isEmpty ? [empty(data.view)] : this.card.show(data)));
    const unfiltered = ignored.includes('channel') ? ' All channels: this does not go by channel.' : '';
    this.#counts.textContent = `${question} ${notes}${unfiltered}`;
  }

  /** Numbers that were there stay, as the notice above says; a card without any says that it has none. */
  failed(title: string, detail: string): void {
    this.element.setAttribute('aria-busy', 'false');
    if (this.#hasContent) return;
    refill(
      this.#body,
      h('div', { class: 'state' }, h('p', { class: 'state-title' }, title), h('p', {}, detail)),
    );
  }
}

function empty(view: View): HTMLElement {
  const wider = { ...view, period: '90d' as const, app: '', channel: '', rows: '', narrowed: {} };
  const isWidest = hrefOf(wider) === hrefOf(view);
  const advice = isWidest
    ? h('p', {}, 'When webhooks come in, they show up here by themselves.')
    : h('p', {}, h('a', { href: hrefOf(wider) }, 'Show 90 days of all apps and channels'));
  return h('div', { class: 'state' }, h('p', { class: 'state-title' }, 'Nothing in this period'), advice);
}
