import { AskError, type Asked, ask, isReplaced, queryUrl } from './ask.ts';
import { columnsOf } from './columns.ts';
import { h, refill } from './elements.ts';
import { MARK } from './links.ts';
import { go } from './navigate.ts';
import { messagesNotKept } from './not-kept.ts';
import { duration, localDay, wallClock } from './numbers.ts';
import { amountOf, pageLinks } from './pages.ts';
import { payloadShown, visible } from './payload.ts';
import { STORIES, showMarked, story, storyLinks } from './story.ts';
import { DataTable } from './table.ts';
import type { Answer } from './values.ts';
import { askedBy, hrefOf, type View } from './view.ts';
import { channelName, WEEKDAYS } from './words.ts';

/** What a list holds, where its question says less. */
export const LISTS: Readonly<Record<string, string>> = {
  'session-list': 'Sessions',
  'resolution-list': 'Resolutions',
  'backlog-list': 'Open sessions',
  'logout-list': 'Logouts',
  'event-payload': 'What the vendor sent',
  ...STORIES,
};

/** The panel with the rows behind a number, or with the answer to any question of the library. */
export class Drawer {
  readonly #dialog: HTMLDialogElement;
  readonly #title = h('h2', { id: 'drawer-title', tabindex: -1 });
  readonly #csv = h('a', { class: 'button', download: true }, 'CSV');
  readonly #body = h('div', { class: 'drawer-body' });
  #asking = new AbortController();
  #shown = '';
  /** What was shown before, to which the back button leads. */
  #before = '';

  constructor(dialog: HTMLDialogElement) {
    this.#dialog = dialog;
    const close = h('button', { type: 'button', class: 'button', 'aria-label': 'Close' }, 'Close');
    close.addEventListener('click', () => dialog.close());
    dialog.append(
      h('header', {}, this.#title, h('div', { class: 'card-tools' }, this.#csv, close)),
      this.#body,
    );
    // A click beside the panel is on the dialog itself.
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  }

  /** Opens, changes or closes the panel, as the view says. */
  async show(view: View): Promise<void> {
    this.#dialog.onclose = () => this.#leave(view);
    const key = hrefOf(view);
    if (view.rows === '') this.#dialog.close();
    if (view.rows === '' || (key === this.#shown && this.#dialog.open)) return;
    this.#before = this.#shown;
    this.#shown = key;
    this.#asking.abort();
    this.#asking = new AbortController();
    const asked = askedOf(view);
    this.#csv.hidden = true;
    this.#title.textContent = LISTS[view.rows] ?? 'One moment …';
    refill(this.#body, h('div', { class: 'skeleton' }));
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#title.focus();
    await this.#fill(view, asked, this.#asking.signal);
  }

  async #fill(view: View, asked: Asked, signal: AbortSignal): Promise<void> {
    try {
      const answer = await ask(view.rows, asked, signal);
      this.#title.textContent = LISTS[view.rows] ?? answer.question;
      // Of the rows that are shown: the period may have moved on meanwhile.
      const { from, to } = answer;
      this.#csv.href = queryUrl(view.rows, { ...answer.asked, from, to }, '.csv');
      this.#csv.hidden = false;
      refill(this.#body, ...content(answer, view));
      this.#lead();
    } catch (error) {
      if (isReplaced(error)) return;
      if (!(error instanceof AskError)) throw error;
      this.#title.textContent = error.title;
      refill(this.#body, h('p', { class: 'state' }, error.message));
    }
  }

  /** To where the user was: at the event that a story was opened from, or at the link to the story that they left. */
  #lead(): void {
    showMarked(this.#body);
    const left = [...this.#body.querySelectorAll('a')].find(
      (link) => link.getAttribute('href') === this.#before,
    );
    if (document.activeElement === this.#title) left?.focus();
  }

  /** Closed by the user: the URL follows. */
  #leave(view: View): void {
    this.#asking.abort();
    this.#shown = '';
    if (view.rows === '') return;
    go(hrefOf({ ...view, rows: '', narrowed: {} }));
    // The link that opened it may have been drawn anew meanwhile.
    const opener = [...document.querySelectorAll('a')].find(
      (link) => link.getAttribute('href') === hrefOf(view),
    );
    opener?.focus({ preventScroll: true });
  }
}

/** What a view asks for its rows with: a day stands for the period. */
function askedOf(view: View): Asked {
  const { [MARK]: _, ...narrowed } = given(view.narrowed);
  const { from = '', to = '', ...others } = askedBy(view);
  return narrowed.day === undefined ? { ...others, from, to, ...narrowed } : { ...others, ...narrowed };
}

function given(narrowed: Asked): Asked {
  return Object.fromEntries(Object.entries(narrowed).filter(([, value]) => value !== ''));
}

function content(answer: Answer, view: View): HTMLElement[] {
  const { rows, notes } = answer;
  const lead = h(
    'p',
    { class: 'lead' },
    h('strong', {}, amountOf(answer)),
    ...filters(view).map((text) => h('span', { class: 'chip' }, text)),
  );
  // How the filters are called is for those who ask by hand.
  const about = h('p', { class: 'hint' }, notes.replace(/ ?(Optional: .*?|Needs .*?)\.(?= |$)/g, ''));
  const pages = pageLinks(answer, view);
  const notKept = messagesNotKept(answer, view.rows, view.tz);
  if (view.rows === 'event-payload') return [lead, payloadShown(answer, view.tz)];
  if (rows.length === 0) {
    const others = view.rows in STORIES ? [storyLinks(answer, view)] : [];
    const nothing = h('p', { class: 'state' }, 'Nothing here in this period.');
    return [lead, ...notKept, nothing, ...others, ...pages, about];
  }
  if (view.rows in STORIES) {
    const links = h('div', { class: 'story-links' }, storyLinks(answer, view), ...pages);
    const notes = h('details', { class: 'notes' }, h('summary', {}, 'What this tells'), about);
    return [lead, ...notKept, story(answer, view), links, notes];
  }
  const table = new DataTable({ caption: answer.question });
  table.show(columnsOf(answer, view), rows);
  return [lead, table.element, ...pages, about];
}

/** What narrows the rows, in words. */
function filters({ narrowed, app, channel, tz }: View): string[] {
  const all: Asked = { app, channel, ...given(narrowed) };
  const words: Readonly<Record<string, (value: string) => string>> = {
    app: (value) => `App ${value}`,
    channel: channelName,
    agent: (value) => `Agent ${visible(value)}`,
    room: (value) => `Room ${visible(value)}`,
    customer: (value) => `Customer ${visible(value)}`,
    day: localDay,
    state: (value) => value.charAt(0).toUpperCase() + value.slice(1),
    weekday: (value) => WEEKDAYS[Number(value) - 1] ?? value,
    hour: (value) => `${value.padStart(2, '0')}:00 to ${value.padStart(2, '0')}:59`,
    min_seconds: (value) => `${duration(Number(value))} or longer`,
    max_seconds: (value) => `under ${duration(Number(value))}`,
    from: (value) => `from ${localMinute(value, tz)}`,
    to: (value) => `to ${localMinute(value, tz)}`,
  };
  return Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : (words[name]?.(value) ?? [])));
}

/** A time as the filters say it: local already, or an instant. */
function localMinute(time: string, tz: string): string {
  const local = /(Z|[+-]\d{2}:\d{2})$/.test(time) ? wallClock(Date.parse(time), tz) : time;
  return local.slice(0, 16).replace('T', ' ');
}
