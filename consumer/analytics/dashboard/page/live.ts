import { serverNow } from './ask.ts';
import { CardFrame } from './card.ts';
import { showFreshness } from './freshness.ts';
import { type Loaded, load } from './loader.ts';
import { tailCard } from './tail.ts';
import { askedBy, type View } from './view.ts';

const FRESHNESS = ['freshness', 'completeness'];

/** What is about now, whatever period is chosen: the latest events, and how fresh and complete the data is. */
export class Live {
  readonly #tail = new CardFrame({ ...tailCard(), isWide: true });
  readonly #bar: HTMLElement;

  constructor(parent: HTMLElement, bar: HTMLElement) {
    this.#bar = bar;
    parent.append(this.#tail.element);
  }

  /** Asks for it and shows it. */
  async load(view: View): Promise<Loaded> {
    const asked = askedBy({ ...view, period: '24h', channel: '' });
    const loaded = await load(['latest-events', ...FRESHNESS], asked, {
      signal: AbortSignal.timeout(30_000),
    });
    const { answers, failure } = loaded;
    if (answers.has('latest-events')) {
      this.#tail.show({ view, asked, of: () => answers.get('latest-events') ?? noAnswer() });
    } else if (failure !== undefined) this.#tail.failed(failure.title, failure.message);
    const freshness = answers.get('freshness');
    if (freshness !== undefined) {
      showFreshness(this.#bar, {
        freshness,
        completeness: answers.get('completeness'),
        askedAtMs: serverNow(),
        tz: view.tz,
      });
    }
    return loaded;
  }
}

function noAnswer(): never {
  throw new Error('the tail shows the latest events alone');
}
