import { activityCard } from './activity.ts';
import { agentsCard } from './agents.ts';
import type { Asked } from './ask.ts';
import { backlogCard } from './backlog.ts';
import { type CardData, CardFrame } from './card.ts';
import { channelsCard } from './channels.ts';
import { h, refill } from './elements.ts';
import { GLANCE_USES, glance, unknownGlance } from './glance.ts';
import { heatMapCard } from './heat-map.ts';
import { type Loaded, load } from './loader.ts';
import { spreadCard } from './spread.ts';
import { comparedWith, TILES_USES, tiles, unknownTiles } from './tiles.ts';
import type { Answer } from './values.ts';
import type { View } from './view.ts';

/** What is shown when the queries that it uses are answered. */
interface Part {
  readonly uses: readonly string[];
  readonly show: (data: CardData) => void;
  /** Said where it would stand. */
  readonly failed?: (title: string, detail: string) => void;
}

/** All that follows the chosen period: the answers in words, the tiles and the cards. */
export class Board {
  readonly #glance = h('section', { class: 'answers', 'aria-label': 'At a glance' });
  readonly #tiles = h('dl', { class: 'tiles', 'aria-label': 'The period in numbers' });
  readonly #compared = h('p', { class: 'compared' });
  readonly #frames = [
    activityCard(),
    channelsCard(),
    spreadCard(),
    backlogCard(),
    agentsCard(),
    heatMapCard(),
  ].map((card) => new CardFrame(card));
  readonly #parts: readonly Part[] = [
    { uses: GLANCE_USES, show: (data) => refill(this.#glance, ...glance(data)) },
    { uses: TILES_USES, show: (data) => this.#showTiles(data) },
    ...this.#frames.map((frame) => ({
      uses: frame.card.uses,
      show: (data: CardData) => frame.show(data),
      failed: (title: string, detail: string) => frame.failed(title, detail),
    })),
  ];
  #asking = new AbortController();
  #last: CardData | undefined;

  constructor(parent: HTMLElement) {
    this.#glance.append(...unknownGlance());
    this.#tiles.append(...unknownTiles());
    parent.append(this.#glance, this.#tiles, this.#compared, ...this.#frames.map(({ element }) => element));
  }

  /** Says that what is there is of another view than the one chosen now. */
  loading(): void {
    for (const frame of this.#frames) frame.loading();
  }

  /**
   * Asks for all of it, and shows each part as soon as what it uses is answered: nothing waits for what takes longest.
   * @throws an AbortError when it is asked again meanwhile
   */
  async load(view: View, asked: Asked): Promise<Loaded> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const waiting = new Set(this.#parts);
    const onAnswer = (answers: ReadonlyMap<string, Answer>) => {
      for (const part of waiting) {
        if (!part.uses.every((name) => answers.has(name))) continue;
        waiting.delete(part);
        part.show({ view, asked, of: (name) => known(answers, name) });
      }
    };
    const names = this.#parts.flatMap(({ uses }) => uses);
    const loaded = await load(names, asked, { signal: this.#asking.signal, onAnswer });
    const { answers, failure } = loaded;
    for (const part of waiting) part.failed?.(failure?.title ?? 'No answer', failure?.message ?? '');
    if (failure === undefined) this.#last = { view, asked, of: (name) => known(answers, name) };
    return loaded;
  }

  /** Draws it again with the same numbers: in other colours. */
  redraw(): void {
    if (this.#last !== undefined) for (const frame of this.#frames) frame.show(this.#last);
  }

  #showTiles(data: CardData): void {
    refill(this.#tiles, ...tiles(data));
    this.#compared.textContent = comparedWith(data);
  }
}

function known(answers: ReadonlyMap<string, Answer>, name: string): Answer {
  const answer = answers.get(name);
  if (answer === undefined) throw new Error(`${name} is not among what the card uses`);
  return answer;
}
