import { h, refill } from './elements.ts';
import { go } from './navigate.ts';
import { wallClock } from './numbers.ts';
import { type Answer, numberOf, textOf } from './values.ts';
import { boundsOf, hrefOf, PERIODS, type PeriodName, type View } from './view.ts';
import { channelName } from './words.ts';

const INDONESIA = ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'];

/** The form that chooses what is shown; each choice is a view of its own in the history. */
export class Filters {
  readonly #period = h('select', { name: 'period' });
  readonly #from = h('input', { type: 'date', name: 'from' });
  readonly #through = h('input', { type: 'date', name: 'through' });
  readonly #days = h(
    'div',
    { class: 'days' },
    field('From', this.#from),
    field('to the end of', this.#through),
  );
  readonly #app = h('select', { name: 'app' });
  readonly #channel = h('select', { name: 'channel' });
  readonly #tz = h('select', { name: 'tz' });
  #view: View | undefined;
  #offered = '';

  constructor(form: HTMLFormElement) {
    const periods = Object.entries(PERIODS).map(([value, { label }]) => option(value, label));
    this.#period.append(...periods, option('custom', 'Days of your choice'));
    this.#tz.append(...zones());
    form.append(
      field('Period', this.#period),
      this.#days,
      field('App', this.#app),
      field('Channel', this.#channel),
      field('Time zone', this.#tz),
    );
    form.addEventListener('change', () => this.#chosen());
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  show(view: View): void {
    this.#view = view;
    this.#period.value = view.period;
    this.#days.hidden = view.period !== 'custom';
    this.#from.value = view.from;
    this.#through.value = view.through;
    select(this.#app, view.app, view.app || 'All apps');
    select(this.#channel, view.channel, view.channel === '' ? 'All channels' : channelName(view.channel));
    select(this.#tz, view.tz, view.tz);
  }

  /** Offers the apps and channels that there are. @param answer of the query `filters` */
  offer({ rows }: Answer, view: View): void {
    const apps = [...new Set(rows.map((row) => textOf(row, 'app_id')))];
    const sessions = new Map<string, number>();
    for (const row of rows) {
      const channel = textOf(row, 'channel');
      sessions.set(channel, (sessions.get(channel) ?? 0) + numberOf(row, 'sessions'));
    }
    // Redrawn without need, a list that is open would close.
    const offered = JSON.stringify([apps, [...sessions.keys()]]);
    if (offered === this.#offered) return;
    this.#offered = offered;
    const channels = [...sessions].sort(([, a], [, b]) => b - a).map(([channel]) => channel);
    refill(this.#app, option('', 'All apps'), ...apps.map((app) => option(app, app)));
    refill(
      this.#channel,
      option('', 'All channels'),
      ...channels.map((one) => option(one, channelName(one))),
    );
    this.show(view);
  }

  #chosen(): void {
    if (this.#view === undefined) return;
    const period = this.#period.value as PeriodName;
    const isNewlyCustom = period === 'custom' && this.#view.period !== 'custom';
    const days = isNewlyCustom
      ? daysOf(this.#view)
      : { from: this.#from.value, through: this.#through.value };
    const chosen = {
      period,
      ...days,
      app: this.#app.value,
      channel: this.#channel.value,
      tz: this.#tz.value,
    };
    const isBackwards = period === 'custom' && (days.from === '' || days.through < days.from);
    this.#through.setCustomValidity(isBackwards ? 'The last day must not be before the first.' : '');
    if (isBackwards) this.#through.reportValidity();
    else go(hrefOf({ ...this.#view, ...chosen, rows: '', narrowed: {} }));
  }
}

/** The days that a period touches, to begin a choice with. */
function daysOf(view: View): { from: string; through: string } {
  const { fromMs, toMs } = boundsOf(view);
  const day = (ms: number) => wallClock(ms, knownZone(view.tz)).slice(0, 10);
  return { from: day(fromMs), through: day(toMs) };
}

/** The zone, or UTC where the URL names none: the server refuses it, and the page goes on. */
function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return h('label', { class: 'field' }, h('span', {}, label), control);
}

function option(value: string, label: string): HTMLOptionElement {
  return h('option', { value }, label);
}

function zones(): HTMLElement[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const usual = [...new Set([...INDONESIA, own, 'UTC'])];
  const others = Intl.supportedValuesOf('timeZone').filter((zone) => !usual.includes(zone));
  const group = (label: string, names: readonly string[]) =>
    h('optgroup', { label }, ...names.map((zone) => option(zone, zone.replaceAll('_', ' '))));
  return [group('Usual', usual), group('All', others)];
}

/** Chooses a value also when there is nothing of it in the period. */
function select(control: HTMLSelectElement, value: string, label: string): void {
  if (![...control.options].some((one) => one.value === value)) control.append(option(value, label));
  control.value = value;
}
