import { AskError, isReplaced, serverNow } from './ask.ts';
import { h } from './elements.ts';
import { agentHref, customerHref, MARK, storyHref } from './links.ts';
import { localClock, wallClock } from './numbers.ts';
import { askPayload, payloadShown, visible } from './payload.ts';
import { outcomeOf, waitEnded, whatHappened } from './story-words.ts';
import { type Row, textOf } from './values.ts';
import type { View } from './view.ts';
import { kindName } from './words.ts';

/** An event of a story: what happened, what was written, what it means, and a button that shows its payload. */
export function storyEvent(row: Row, view: View): HTMLElement {
  const { button, place } = payloadPart(row, view);
  const kind = textOf(row, 'kind');
  const isMarked = textOf(row, 'event_id') === view.narrowed[MARK];
  return h(
    'li',
    {
      class: 'event',
      'data-kind': kind,
      'data-side': textOf(row, 'side'),
      'aria-current': isMarked && 'true',
    },
    h('p', { class: 'event-head' }, time(row), happening(row, view), ...leads(row, view), button),
    said(row),
    ...meaning(row, view).map((words) => h('p', { class: 'told' }, `${visible(words)}.`)),
    place,
  );
}

function time(row: Row): HTMLElement {
  const happened = textOf(row, 'happened');
  return h('time', { datetime: happened.replace(' ', 'T') }, localClock(happened, true));
}

function happening(row: Row, { rows }: View): HTMLElement {
  const kind = textOf(row, 'kind');
  const { who, did } = whatHappened(row);
  // Of a room, whose it is is known; of an agent, it is not.
  const customer = rows === 'agent-day' ? textOf(row, 'customer_name') : '';
  return h(
    'span',
    { class: 'kind', 'data-kind': kind },
    h('bdi', {}, visible(who)),
    ` ${did}`,
    ...(customer === '' ? [] : [', of ', h('bdi', {}, visible(customer))]),
  );
}

function meaning(row: Row, { tz }: View): string[] {
  const ms = (local: string) => Date.parse(`${local.replace(' ', 'T')}Z`);
  const ageMs = ms(wallClock(serverNow(), tz)) - ms(textOf(row, 'happened'));
  const waited = waitEnded(row);
  return [...outcomeOf(row, ageMs / 1000), ...(waited === undefined ? [] : [waited])];
}

/** What was written, by its own direction, whatever signs are in it. */
function said(row: Row): HTMLElement | undefined {
  const text = textOf(row, 'text');
  const type = textOf(row, 'type');
  if (text !== '') return h('p', { class: 'said', dir: 'auto' }, h('bdi', {}, text));
  const isSpoken = ['session', 'message'].includes(textOf(row, 'kind'));
  return isSpoken
    ? h('p', { class: 'said none' }, `No text${type === '' || type === 'text' ? '' : `, ${visible(type)}`}`)
    : undefined;
}

/** To the room, where the story is of several; to the agent's and the customer's day, where it is of a room. */
function leads(row: Row, view: View): HTMLElement[] {
  const links: [label: string, href: string | undefined][] =
    view.rows === 'room-story'
      ? [
          ['Agent’s day', textOf(row, 'kind') === 'resolution' ? agentHref(view, row) : undefined],
          ['Customer’s day', textOf(row, 'kind') === 'session' ? customerHref(view, row) : undefined],
        ]
      : [['Room', storyHref(view, row)]];
  return links.flatMap(([label, href]) => (href === undefined ? [] : [h('a', { href }, label)]));
}

/** A button that shows the payload in its place, and takes it away again. */
function payloadPart(row: Row, view: View): { button: HTMLElement; place: HTMLElement } {
  const name = `Payload of ${kindName(textOf(row, 'kind'))}, ${localClock(textOf(row, 'happened'), true)}`;
  const button = h(
    'button',
    {
      type: 'button',
      class: 'payload-button',
      tabindex: -1,
      'aria-expanded': 'false',
      'aria-label': name,
      'data-key': textOf(row, 'event_id'),
    },
    'Payload',
  );
  const place = h('div', {});
  let asking = new AbortController();
  button.addEventListener('click', async () => {
    const isOpen = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(isOpen));
    asking.abort();
    asking = new AbortController();
    place.replaceChildren();
    if (!isOpen) return;
    try {
      place.replaceChildren(payloadShown(await askPayload(view, row, asking.signal), view.tz));
    } catch (error) {
      if (isReplaced(error)) return;
      if (!(error instanceof AskError)) throw error;
      place.replaceChildren(h('p', { class: 'state' }, `${error.title}. ${error.message}`));
    }
  });
  return { button, place };
}
