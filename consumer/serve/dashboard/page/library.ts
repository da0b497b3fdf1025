import type { Known } from './ask.ts';
import { h, refill } from './elements.ts';
import { rowsHref, type View } from './view.ts';

/** Links to every question of the query library. */
export function showLibrary(list: HTMLElement, queries: readonly Known[], view: View): void {
  const links = queries.map(({ name, question }) =>
    h('li', {}, h('a', { href: rowsHref(view, name) }, question)),
  );
  refill(list, ...links);
}
