import { serverNow } from './ask.ts';
import { CardFrame } from './card.ts';
import { Feed } from './feed.ts';
import { showFreshness } from './freshness.ts';
import { type Loaded, load } from './loader.ts';
import { tailCard } from './tail.ts';
import { type Answer, type Row, textOf } from './values.ts';
import { askedBy, type View } from './view.ts';

const FRESHNESS = ['freshness', 'completeness'];
const MOST_ROWS = 50;

/**
 * What is about now, whatever period is chosen: the latest events, and how fresh and complete the data is. Events show
 * as they are published; what has been stored is asked for besides, and stands when the stream is away.
 */
export class Live {
  readonly #card = tailCard();
  readonly #tail = new CardFrame({ ...this.#card, isWide: true });
  readonly #bar: HTMLElement;
  readonly #feed = new Feed({
    onRow: (row) => this.#add(row),
    onLive: (isLive) => this.#card.sayLive(isLive),
    onDropped: (events) => {
      this.#dropped += events;
      this.#card.sayDropped(this.#dropped);
    },
  });
  #streamed: readonly Row[] = [];
  #dropped = 0;
  #stored: { readonly view: View; readonly answer: Answer } | undefined;
  #isDrawing = false;

  constructor(parent: HTMLElement, bar: HTMLElement) {
    this.#bar = bar;
    parent.append(this.#tail.element);
    document.addEventListener('visibilitychange', () => document.hidden && this.pause());
  }

  /** Shows no more until it is loaded again; the server need send nothing. */
  pause(): void {
    this.#feed.close();
  }

  /** Asks for it and shows it, and what comes from then on. */
  async load(view: View): Promise<Loaded> {
    if (this.#feed.open(view)) this.#streamed = [];
    const asked = askedBy({ ...view, period: '24h', channel: '' });
    const loaded = await load(['latest-events', ...FRESHNESS], asked, {
      signal: AbortSignal.timeout(30_000),
    });
    const { answers, failure } = loaded;
    const latest = answers.get('latest-events');
    if (latest !== undefined) {
      this.#stored = { view, answer: latest };
      this.#dropped = 0;
      this.#card.sayDropped(0);
      this.#draw();
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

  #add(row: Row): void {
    this.#streamed = [row, ...this.#streamed].slice(0, MOST_ROWS);
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    // However many come at once, the table is made once for each frame.
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#stored === undefined) return;
    const { view, answer } = this.#stored;
    const rows = latestOf([...answer.rows, ...this.#streamed]);
    this.#tail.show({ view, asked: answer.asked, of: () => ({ ...answer, rows }) });
  }
}

/** The latest of them, each event once. */
function latestOf(rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [textOf(row, 'event_id'), row]));
  const received = (row: Row) => textOf(row, 'received');
  return [...byId.values()]
    .sort((a, b) => (received(a) < received(b) ? 1 : received(a) > received(b) ? -1 : 0))
    .slice(0, MOST_ROWS);
}
