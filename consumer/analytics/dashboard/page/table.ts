import { h, refill } from './elements.ts';
import { count } from './numbers.ts';
import type { Row, Value } from './values.ts';

/** A column of a table on the page. */
export interface TableColumn {
  /** The answer's column by which it is sorted. */
  readonly key: string;
  readonly label: string;
  readonly isNumber?: boolean;
  /** Left out where the screen is narrow. */
  readonly isMinor?: boolean;
  /** Names the row, for a screen reader. */
  readonly isHead?: boolean;
  readonly cell: (row: Row) => Node | string;
}

interface TableOptions {
  readonly caption: string;
  /** Rows shown until more are asked for; all when absent. */
  readonly mostAtFirst?: number;
}

interface Sorting {
  readonly key: string;
  readonly isDescending: boolean;
}

/** A table that can be sorted by each column; until it is, the rows stand in the order of the answer. */
export class DataTable {
  /** Scrolls sideways by itself where the columns do not fit. */
  readonly element: HTMLElement;
  readonly #options: TableOptions;
  #columns: readonly TableColumn[] = [];
  #rows: readonly Row[] = [];
  #sorting: Sorting | undefined;
  #isWhole = false;

  constructor(options: TableOptions) {
    this.#options = options;
    this.element = h('div', { class: 'table-frame' });
  }

  show(columns: readonly TableColumn[], rows: readonly Row[]): void {
    this.#columns = columns;
    this.#rows = rows;
    this.#draw();
  }

  #draw(): void {
    const sorted = this.#sorting === undefined ? this.#rows : sort(this.#rows, this.#sorting);
    const { mostAtFirst = Number.POSITIVE_INFINITY, caption } = this.#options;
    const shown = this.#isWhole ? sorted : sorted.slice(0, mostAtFirst);
    const table = h(
      'table',
      {},
      h('caption', { class: 'visually-hidden' }, caption),
      h('thead', {}, h('tr', {}, ...this.#columns.map((column) => this.#heading(column)))),
      h('tbody', {}, ...shown.map((row) => h('tr', {}, ...this.#columns.map((column) => cell(column, row))))),
    );
    // A landmark of its own, told from the card around it, which has the caption for a name.
    const name = `${caption} (table)`;
    const scroller = h(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': name },
      table,
    );
    refill(this.element, scroller, this.#more(sorted.length - shown.length));
  }

  #heading({ key, label, isNumber, isMinor }: TableColumn): HTMLElement {
    const isSorted = this.#sorting?.key === key;
    const order = this.#sorting?.isDescending ? 'descending' : 'ascending';
    const sign = h(
      'span',
      { class: 'sort-sign', 'aria-hidden': 'true' },
      isSorted ? (order === 'descending' ? '↓' : '↑') : '',
    );
    const button = h('button', { type: 'button', 'data-key': `sort-${key}` }, label, sign);
    button.addEventListener('click', () => this.#sortBy(key, isNumber === true));
    const attributes = {
      scope: 'col',
      class: classes(isNumber, isMinor),
      'aria-sort': isSorted ? order : undefined,
    };
    return h('th', attributes, button);
  }

  /** Numbers begin with the largest, texts with A; the next click turns it round. */
  #sortBy(key: string, isNumber: boolean): void {
    const isDescending = this.#sorting?.key === key ? !this.#sorting.isDescending : isNumber;
    this.#sorting = { key, isDescending };
    this.#draw();
  }

  #more(hidden: number): HTMLElement | undefined {
    if (hidden === 0) return undefined;
    const button = h('button', { type: 'button', class: 'button more' }, `Show ${count(hidden)} more`);
    button.addEventListener('click', () => {
      this.#isWhole = true;
      this.#draw();
    });
    return button;
  }
}

function cell({ cell, isNumber, isMinor, isHead }: TableColumn, row: Row): HTMLElement {
  const attributes = { class: classes(isNumber, isMinor) };
  return isHead ? h('th', { ...attributes, scope: 'row' }, cell(row)) : h('td', attributes, cell(row));
}

function classes(isNumber = false, isMinor = false): string | undefined {
  return [isNumber ? 'num' : '', isMinor ? 'minor' : ''].filter(Boolean).join(' ') || undefined;
}

function sort(rows: readonly Row[], { key, isDescending }: Sorting): readonly Row[] {
  const order = isDescending ? -1 : 1;
  return rows.toSorted(({ [key]: a = null }, { [key]: b = null }) => {
    // What is not known stands last, whichever way.
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return order * compare(a, b);
  });
}

function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: 'base' });
}
