type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Makes an element. An attribute that is false or undefined is left out; texts are text, never HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Puts new content into an element; who had the focus in it has it again, by `data-key` or the link's address. */
export function refill(parent: Element, ...children: readonly Child[]): void {
  const nodes = children.filter((child) => child !== undefined);
  // A chart that is taken out and put back starts anew.
  const isSame =
    nodes.length === parent.childNodes.length && nodes.every((one, i) => one === parent.childNodes[i]);
  if (isSame) return;
  const active = parent.contains(document.activeElement) ? document.activeElement : null;
  const key = active === null ? undefined : keyOf(active);
  parent.replaceChildren(...nodes);
  if (key === undefined) return;
  const again = [...parent.querySelectorAll<HTMLElement>('a, button, [data-key]')].find(
    (one) => keyOf(one) === key,
  );
  again?.focus({ preventScroll: true });
}

function keyOf(element: Element): string | undefined {
  return element.getAttribute('data-key') ?? element.getAttribute('href') ?? undefined;
}

/** The element of an id that the page has. @throws Error when it has none: a bug */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/** A number that opens the rows behind it; nothing is behind a zero. */
export function linked(text: string, value: number | null, href: string): Node | string {
  return value === null || value === 0 ? text : h('a', { href, class: 'number' }, text);
}
