import { h } from './elements.ts';
import { count } from './numbers.ts';
import type { Answer } from './values.ts';
import { rowsHref, type View } from './view.ts';
import { plural } from './words.ts';

/** How many rows an answer has, and of how many: `Rows 1 to 1,000 of 2,345`. */
export function amountOf({ rows, offset = 0, total, truncated }: Answer): string {
  if (rows.length === 0 || (offset === 0 && !truncated))
    return plural(rows.length, 'row', count(rows.length));
  return `Rows ${count(offset + 1)} to ${count(offset + rows.length)} of ${count(total ?? 0)}`;
}

/** Links to the rows before and after these, where there are any. */
export function pageLinks(answer: Answer, view: View): HTMLElement[] {
  const { offset = 0, limit = 0, truncated } = answer;
  if (offset === 0 && !truncated) return [];
  const link = (to: number, label: string) =>
    h('a', { class: 'button', href: pageHref(answer, view, to) }, label);
  const before = offset > 0 ? [link(Math.max(0, offset - limit), 'Previous')] : [];
  const after = truncated ? [link(offset + limit, 'Next')] : [];
  return [h('nav', { class: 'pages', 'aria-label': 'Pages' }, ...before, ...after)];
}

/** All pages are of one period: of one that goes on, rows that come in meanwhile would move the others. */
function pageHref({ from, to }: Answer, view: View, offset: number): string {
  return rowsHref(view, view.rows, { ...view.narrowed, from, to, offset: String(offset) });
}
