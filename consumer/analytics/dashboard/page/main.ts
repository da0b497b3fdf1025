import { AskError, isReplaced, knownQueries } from './ask.ts';
import { Board } from './board.ts';
import { Clock } from './clock.ts';
import { Drawer } from './drawer.ts';
import { byId } from './elements.ts';
import { Filters } from './filters.ts';
import { showLibrary } from './library.ts';
import { Live } from './live.ts';
import { load } from './loader.ts';
import { followLinks, onNavigate } from './navigate.ts';
import { Notice } from './notice.ts';
import { themeButton } from './theme.ts';
import { askedBy, hrefOf, readView, type View } from './view.ts';

// The server keeps an answer for four seconds: many open pages ask ClickHouse no more than one does.
const NUMBERS_EVERY_MS = 15_000;
const LIVE_EVERY_MS = 5_000;
const LOADING = 'Loading the numbers';

let view = readView(location.search);
const cards = byId('cards', HTMLElement);
const board = new Board(cards);
const live = new Live(cards, byId('freshness', HTMLElement));
const drawer = new Drawer(byId('drawer', HTMLDialogElement));
const filters = new Filters(byId('filters', HTMLFormElement));
const notice = new Notice(byId('notice', HTMLElement), () => refresh());

const numbersClock = new Clock(NUMBERS_EVERY_MS, () => unlessReplaced(showNumbers));
const liveClock = new Clock(LIVE_EVERY_MS, () => unlessReplaced(() => live.load(view)));

/** Tells a screen reader how a choice goes on; a refresh by itself says nothing. */
const says = byId('says', HTMLElement);

function refresh(): void {
  numbersClock.now();
  liveClock.now();
}

async function showNumbers(): Promise<void> {
  const asked = askedBy(view);
  const shown = view;
  const [{ failure }, choices] = await Promise.all([
    board.load(shown, asked),
    load(['filters'], { ...asked, app: '', channel: '' }, { signal: AbortSignal.timeout(30_000) }),
  ]);
  notice.show(failure);
  if (says.textContent === LOADING) says.textContent = failure === undefined ? 'The numbers are there' : '';
  const offered = choices.answers.get('filters');
  if (offered !== undefined) filters.offer(offered, view);
}

/** A newer view has taken this one's place: nothing went wrong. */
async function unlessReplaced(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isReplaced(error)) throw error;
  }
}

/** The part of a view that the numbers go by. */
function numbersOf(one: View): string {
  return hrefOf({ ...one, rows: '', narrowed: {} });
}

onNavigate(() => {
  const before = view;
  view = readView(location.search);
  filters.show(view);
  void drawer.show(view);
  if (numbersOf(before) === numbersOf(view)) return;
  board.loading();
  says.textContent = LOADING;
  showQuestions();
  refresh();
});

const pause = byId('pause', HTMLButtonElement);
pause.addEventListener('click', () => {
  const isPaused = pause.getAttribute('aria-pressed') !== 'true';
  pause.setAttribute('aria-pressed', String(isPaused));
  pause.textContent = isPaused ? 'Resume' : 'Pause';
  numbersClock.isPaused = isPaused;
  liveClock.isPaused = isPaused;
  if (isPaused) live.pause();
});

function showQuestions(): void {
  knownQueries()
    .then((queries) => showLibrary(byId('library', HTMLElement), queries, view))
    .catch((error: unknown) => {
      // The notice above says it of everything.
      if (!(error instanceof AskError)) throw error;
    });
}

themeButton(byId('theme', HTMLButtonElement), () => board.redraw());
followLinks();
filters.show(view);
showQuestions();
refresh();
void drawer.show(view);
