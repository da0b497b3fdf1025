import type { ClickHouseClient } from '@clickhouse/client';
import type { EventRow } from '../../../normalize/event.ts';
import { LOGGED_KINDS, reconcile } from '../../../outcomes/reconcile.ts';
import { EVENTS_TABLE, FACT_TABLES } from '../../../persist/tables.ts';
import { keepBooks } from '../../pages/keep.ts';
import { recountTable } from '../../pages/recount.ts';
import { readGone } from '../../retention/kept.ts';
import { insertOrRefuse } from '../insert-or-refuse.ts';
import type { Extent } from '../options.ts';
import type { RebuildDeps } from '../rebuild.ts';
import { and, insertAnew, ofApp, ofKind, PAGE } from '../sql.ts';
import { closed, count, windows } from '../windows.ts';
import { Claims, type Recognized, standingFor } from './claims.ts';
import { Findings, type Found } from './findings.ts';
import { readUnrecognized } from './read.ts';
import { lookAgain } from './second-look.ts';
import { withdraw } from './withdraw.ts';

/**
 * Makes facts of the events that were not recognized when they came and are by today's code: each once, with its own
 * id, receipt and place. Its row in `events` gets the kind and the time that the edge would give it now. Where the
 * edge has accepted the same webhook again since, under its natural id, the fact is taken back.
 *
 * The fact goes first. Whoever is killed in between leaves an event that is unrecognized still, and the next run does
 * it again, with the same rows; the other way round it would be a fact for the books that is in no table, and none
 * would look for it among the unrecognized again.
 * @throws the signal's reason, or ClickHouse's error; what was done by then stands, and the next run does the rest
 */
export async function adoptUnrecognized(extent: Extent, isApply: boolean, deps: RebuildDeps): Promise<Found> {
  const { client, show, signal } = deps;
  const where = ofApp(extent);
  const source = {
    table: EVENTS_TABLE,
    where: and(ofKind({ kind: 'unrecognized' }), where),
    weight: PAGE.weight,
  };
  const span = await closed(client, extent, [EVENTS_TABLE]);
  const total = await count(client, source, span);
  const claims = new Claims(client);
  const superseded = await claims.learn();
  const findings = new Findings();
  for (const each of superseded) findings.noteSuperseded(each);
  if (isApply) await withdraw(client, superseded);
  show('unrecognized events', 0, total);
  for await (const window of windows(client, source, span, PAGE.limit)) {
    signal.throwIfAborted();
    const rows = await readUnrecognized(client, where, window);
    const adopted = await sort(rows, claims, findings);
    if (isApply) await adopt(client, adopted, findings);
    show('unrecognized events', findings.events, total);
  }
  if (isApply) {
    for (const kind of LOGGED_KINDS) await reconcile(client, kind, show);
    // The books are told of what is inserted, and not that it stands in another row's place, under another kind.
    await recountTable(client, EVENTS_TABLE);
    await keepBooks(client);
  }
  return findings.found(isApply, await readGone(client));
}

/** Tells what is to become a fact from what is a redelivery, is refused, or is as unrecognized as before. */
async function sort(rows: readonly EventRow[], claims: Claims, findings: Findings): Promise<Recognized[]> {
  const looks = rows.map((row) => ({ row, look: lookAgain(row) }));
  const recognized = looks.flatMap(({ look }) => (look.outcome === 'recognized' ? [look] : []));
  const standing = await claims.standing(recognized);
  const adopted: Recognized[] = [];
  for (const { row, look } of looks) {
    const other =
      look.outcome === 'recognized' ? (standingFor(look, standing) ?? claims.claimedBy(look)) : undefined;
    findings.note(row, look, other);
    if (look.outcome !== 'recognized' || other !== undefined) continue;
    claims.claim(look);
    adopted.push(look);
  }
  return adopted;
}

async function adopt(
  client: ClickHouseClient,
  adopted: readonly Recognized[],
  findings: Findings,
): Promise<void> {
  for (const [kind, group] of Map.groupBy(adopted, (each) => each.kind)) {
    const facts = group.map(({ fact }) => fact);
    const refused = await insertOrRefuse(client, FACT_TABLES[kind], facts);
    const refusedIds = new Set(refused.map(({ id }) => id));
    const events = group.map(({ event }) => event).filter(({ event_id }) => !refusedIds.has(event_id));
    if (events.length > 0) await insertAnew(client, EVENTS_TABLE, events);
    for (const { reason } of refused) findings.refuseByTable(kind, reason);
  }
}
