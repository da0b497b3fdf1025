import type { ClickHouseClient } from '@clickhouse/client';
import { NO_LINK } from '../../../../schemas/chain.ts';
import { ERASED_START } from '../../../../schemas/erase.ts';
import { rowsOf } from '../../../persist/clickhouse.ts';
import type { Line } from '../line.ts';
import type { OutboxState } from '../outboxes.ts';
import type { Break, ChainLine, Head } from './line.ts';

/** Events that ClickHouse compares at once: with payloads of a few kilobytes, some tens of megabytes. */
const PAGE = 10_000;

/**
 * Every row of a page is compared with the links that stand under the number before it. Rows are read as they stand,
 * copies included: a copy that is not the same is one that somebody put in.
 */
const WALK = `
WITH
    here AS
    (
        SELECT DISTINCT sequence, event_id, payload, chain
        FROM events_rows
        WHERE outbox = {outbox:String} AND sequence BETWEEN {from:UInt64} AND {to:UInt64}
    ),
    before AS
    (
        SELECT sequence + 1 AS sequence, groupUniqArray(chain) AS links
        FROM
        (
            SELECT sequence, chain FROM here
            UNION ALL
            -- The link of one that is no longer kept.
            SELECT sequence, chain FROM closed_events
            WHERE outbox = {outbox:String} AND sequence BETWEEN {from:UInt64} AND {to:UInt64} AND has_link
        )
        GROUP BY sequence
        UNION ALL
        SELECT 1, ['']
    ),
    judged AS
    (
        SELECT
            sequence, event_id, chain, links,
            startsWith(payload, {erased:String}) AS is_erased,
            count() OVER (PARTITION BY sequence) > 1 AS is_shared,
            arrayExists(
                link -> chain = lower(hex(SHA256(concat(if(link = '', {no_link:String}, link), event_id, payload)))),
                links) AS fits
        FROM here LEFT JOIN before USING (sequence)
        WHERE sequence > {after:UInt64}
    ),
    told AS
    (
        SELECT
            *,
            multiIf(
                empty(links) AND NOT is_shared, 'unverified',
                chain = '' AND arrayAll(link -> link = '', links) AND NOT is_shared, 'unlinked',
                fits, 'verified',
                is_erased, 'erased',
                is_shared, 'put-in',
                'changed') AS what
        FROM judged
    )
SELECT
    count() AS events,
    countIf(what = 'verified') AS verified,
    countIf(what = 'erased') AS erased,
    countIf(what = 'unlinked') AS unlinked,
    countIf(what = 'unverified') AS unverified,
    max(sequence) AS last_sequence,
    argMax(chain, sequence) AS head,
    minIf((sequence, event_id, what), what IN ('put-in', 'changed')) AS first_break,
    first_break.1 AS break_sequence,
    first_break.2 AS break_event_id,
    first_break.3 AS break_what
FROM told`;

const KEPT = `SELECT DISTINCT chain FROM
(
    SELECT chain FROM events_rows WHERE outbox = {outbox:String} AND sequence = {last_sequence:UInt64}
    UNION ALL
    SELECT chain FROM closed_events WHERE outbox = {outbox:String} AND sequence = {last_sequence:UInt64} AND has_link
)`;

const IS_CLOSED = `SELECT sequence FROM closed_events
WHERE outbox = {outbox:String} AND sequence = {last_sequence:UInt64} LIMIT 1`;

/** Of what is no longer kept, nothing is compared. */
const CLOSED = `SELECT toString(outbox) AS outbox, count() AS events, max(sequence) AS last_sequence,
  argMax(if(has_link, chain, ''), sequence) AS head
FROM closed_events GROUP BY outbox`;

/** The least and the highest number of those that are kept. */
interface Standing {
  readonly first: number;
  readonly last: number;
}

interface Closed extends Head {
  readonly events: number;
}

interface Page {
  readonly events: number;
  readonly verified: number;
  readonly erased: number;
  readonly unlinked: number;
  readonly unverified: number;
  readonly last_sequence: number;
  readonly head: string;
  /** Of the first event that does not fit; 0 where there is none. */
  readonly break_sequence: number;
  readonly break_event_id: string;
  readonly break_what: Break['what'];
}

/** What a chain is compared with. */
export interface Chains {
  /** As they were before the walk. */
  readonly outboxes: ReadonlyMap<string, OutboxState>;
  /** The books' lines: what they miss was taken out, or never came. */
  readonly lines: readonly Line[];
  /** Links that were kept elsewhere, at most one of an outbox. */
  readonly kept: readonly Head[];
}

/**
 * Walks the chains of all outboxes in the books.
 * @param onProgress is given how many events were compared, and how many there are
 * @throws ClickHouse's error
 */
export async function walkChains(
  client: ClickHouseClient,
  chains: Chains,
  onProgress: (compared: number, events: number) => void,
): Promise<ChainLine[]> {
  const wholes = chains.lines.filter(({ kind, in_events }) => kind === '*' && in_events > 0);
  const closed = new Map((await rowsOf<Closed>(client, CLOSED)).map((each) => [each.outbox, each]));
  const isHere = ({ in_events, outbox }: Line) => Math.max(0, in_events - (closed.get(outbox)?.events ?? 0));
  const events = wholes.reduce((sum, line) => sum + isHere(line), 0);
  const walked: ChainLine[] = [];
  let compared = 0;
  for (const line of wholes) {
    const onPage = (rows: number) => {
      compared += rows;
      onProgress(compared, events);
    };
    walked.push(await walk(client, line, chains, closed.get(line.outbox), onPage));
  }
  return walked;
}

async function walk(
  client: ClickHouseClient,
  line: Line,
  { outboxes, kept }: Chains,
  closed: Closed | undefined,
  onPage: (rows: number) => void,
): Promise<ChainLine> {
  const { outbox } = line;
  const state = outboxes.get(outbox);
  const { first, last } = await standing(client, line);
  const found = { verified: 0, erased: 0, unlinked: 0, unverified: 0, last_sequence: 0, head: '' };
  const breaks: Break[] = line.missing_sequences
    .slice(0, 1)
    .map(({ first }) => ({ sequence: first, event_id: '', what: 'removed' }));
  for (let after = Math.max(0, first - 1); after < last; after += PAGE) {
    const page = await pageOf(client, { outbox, after, to: Math.min(after + PAGE, last) });
    found.verified += page.verified;
    found.erased += page.erased;
    found.unlinked += page.unlinked;
    found.unverified += page.unverified;
    if (page.events > 0) Object.assign(found, { last_sequence: page.last_sequence, head: page.head });
    const { break_sequence: sequence, break_event_id: event_id, break_what: what } = page;
    if (sequence > 0) breaks.push({ sequence, event_id, what });
    onPage(page.events);
  }
  const [first_break = null] = breaks.toSorted((one, other) => one.sequence - other.sequence);
  if (closed !== undefined && closed.last_sequence > found.last_sequence) {
    Object.assign(found, { last_sequence: closed.last_sequence, head: closed.head });
  }
  const isLast = state?.last_sequence === found.last_sequence && typeof state.chain === 'string';
  return {
    outbox,
    ...found,
    no_longer_kept: closed?.events ?? 0,
    is_as_accepted: isLast ? state.chain === found.head : null,
    is_as_kept: await isAsKept(
      client,
      kept.find((head) => head.outbox === outbox),
    ),
    first_break,
  };
}

/** What is above all that the outbox accepted is foreign, and told by the books. */
async function standing(client: ClickHouseClient, { outbox, accepted }: Line): Promise<Standing> {
  const query =
    'SELECT min(sequence) AS first, max(sequence) AS last FROM events_rows WHERE outbox = {outbox:String}';
  const [row] = await rowsOf<Standing>(client, query, { outbox });
  return { first: row?.first ?? 0, last: Math.min(row?.last ?? 0, accepted ?? Number.POSITIVE_INFINITY) };
}

async function pageOf(
  client: ClickHouseClient,
  { outbox, after, to }: { readonly outbox: string; readonly after: number; readonly to: number },
): Promise<Page> {
  const params = { outbox, after, from: after, to, no_link: NO_LINK, erased: ERASED_START };
  const [page] = await rowsOf<Page>(client, WALK, params);
  if (page === undefined) throw new Error('a query without GROUP BY has one row');
  return page;
}

async function isAsKept(client: ClickHouseClient, kept: Head | undefined): Promise<boolean | null> {
  if (kept === undefined) return null;
  const found = await rowsOf<{ chain: string }>(client, KEPT, { ...kept });
  // Within what is no longer kept, most links are not either.
  if (found.length === 0 && (await rowsOf(client, IS_CLOSED, { ...kept })).length > 0) return null;
  return found.length === 1 && found[0]?.chain === kept.head;
}
