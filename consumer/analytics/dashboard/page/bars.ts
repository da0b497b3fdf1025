import { h } from './elements.ts';

/** Content with a bar under it, so that rows can be compared at a glance. @param share of the longest, 0 to 1 */
export function withBar(content: Node | string, share: number): HTMLElement {
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(share));
  return h('span', { class: 'with-bar' }, content, bar);
}
