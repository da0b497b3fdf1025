import type { Known } from './ask.ts';
import { LISTS } from './drawer.ts';
import { h, refill } from './elements.ts';
import { rowsHref, type View } from './view.ts';

// The page shows these in its own way.
const OWN = ['filters', 'freshness', 'completeness', 'latest-events'];

/** Links to every question of the query library. */
export function showLibrary(list: HTMLElement, queries: readonly Known[], view: View): void {
  const others = queries.filter(({ name }) => !OWN.includes(name) && LISTS[name] === undefined);
  const links = others.map(({ name, question }) =>
    h('li', {}, h('a', { href: rowsHref(view, name) }, question)),
  );
  refill(list, ...links);
}
