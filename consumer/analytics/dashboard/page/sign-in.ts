/**
 * The sign-in page. After a click on a link from another site, a browser keeps the cookie back, since no other site's
 * request may carry it; a request of this page's own carries it, and then the view can be shown without a token.
 */
const answer = await fetch('/api/queries');
if (answer.ok && location.pathname === '/') location.replace(location.href);

const view = document.querySelector<HTMLInputElement>('input[name="view"]');
if (view !== null && location.pathname === '/') {
  const params = new URLSearchParams(location.search);
  params.delete('token');
  view.value = `?${params}`;
}

export {};
