import type { ConsumerChecks } from './consumer-checks.ts';
import type { Group } from './group.ts';
import type { Kafka, LoggedMessage } from './kafka.ts';
import type { Simulation } from './simulation.ts';
import type { Warehouse } from './warehouse.ts';

/** A table, or some of its rows, is refused for so long; all that does not need it must be settled before that. */
export const REFUSAL_MS = 120_000;

const TABLE = 'messages_rows';
const TOPIC = 'qiscus.message';
const OTHER_TOPIC = 'qiscus.unrecognized';

const isHeavy = (sequence: number) => sequence % 7 === 3;

interface Parts {
  readonly kafka: Kafka;
  readonly group: Group;
  readonly warehouse: Warehouse;
}

/** One table takes nothing for a while, or not some of its rows, and all else is well: the others must go on. */
export function refuseForAWhile(sim: Simulation, parts: Parts, checks: ConsumerChecks): void {
  const { kafka, group, warehouse } = parts;
  const { faults } = warehouse;
  const isWhole = sim.random.chance(0.5);
  if (isWhole) faults.refusing.add(TABLE);
  else faults.isTooMuch = (table, { sequence }) => table === TABLE && isHeavy(Number(sequence));
  sim.schedule(REFUSAL_MS - 1, () => {
    const late = kafka.partitionsOf(OTHER_TOPIC).find((each) => group.offset(each) < each.log.length);
    if (late !== undefined) sim.violate(`${late.topic} does not go on while ${TABLE} refuses`);
    const isHeld = ({ headers }: LoggedMessage) => isHeavy(Number(headers.ce_sequence));
    if (!isWhole) checks.besideHeld(TOPIC, isHeld);
    faults.refusing.clear();
    faults.isTooMuch = () => false;
  });
}
