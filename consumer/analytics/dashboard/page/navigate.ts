type OnChange = () => void;

const listeners: OnChange[] = [];

/** Has something done whenever the URL has changed, by a link, a filter, or the browser's back button. */
export function onNavigate(onChange: OnChange): void {
  listeners.push(onChange);
}

/** Shows another view; the one before is where the back button leads. */
export function go(href: string): void {
  if (href !== location.pathname + location.search) history.pushState(null, '', href);
  for (const onChange of listeners) onChange();
}

/** Makes links to other views change the view in place; opened in a new tab, they are links as any. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.origin !== location.origin || link.pathname !== '/' || link.hash !== '') return;
    if (link.target !== '' || link.hasAttribute('download')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  addEventListener('popstate', () => {
    for (const onChange of listeners) onChange();
  });
}
