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

  /** Asks for all of it and shows it. @throws an AbortError when it is asked again meanwhile */
  async load(view: View, asked: Asked): Promise<Loaded> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const names = [...TILES_USES, ...GLANCE_USES, ...this.#frames.flatMap(({ card }) => card.uses)];
    const loaded = await load(names, asked, this.#asking.signal);
    this.#show(view, asked, loaded);
    return loaded;
  }

  /** Draws it again with the same numbers: in other colours. */
  redraw(): void {
    if (this.#last !== undefined) for (const frame of this.#frames) frame.show(this.#last);
  }

  #show(view: View, asked: Asked, { answers, failure }: Loaded): void {
    const data: CardData = { view, asked, of: (name) => known(answers, name) };
    const has = (names: readonly string[]) => names.every((name) => answers.has(name));
    if (has(GLANCE_USES)) refill(this.#glance, ...glance(data));
    if (has(TILES_USES)) {
      refill(this.#tiles, ...tiles(data));
      this.#compared.textContent = comparedWith(data);
    }
    for (const frame of this.#frames) {
      if (has(frame.card.uses)) frame.show(data);
      else frame.failed(failure?.title ?? 'No answer', failure?.message ?? '');
    }
    if (failure === undefined) this.#last = data;
  }
}

function known(answers: ReadonlyMap<string, Answer>, name: string): Answer {
  const answer = answers.get(name);
  if (answer === undefined) throw new Error(`${name} is not among what the card uses`);
  return answer;
}
