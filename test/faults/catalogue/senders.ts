import type { Fault } from '../trial.ts';
import { acknowledge } from './during.ts';

const DAY_MS = 86_400_000;
const SKEWED_EVENTS = 40;
const AT_ONCE = 10;
const REPEATED = 5;

/** The sender's clock is wrong by so many days at the most, either way. */
const wrongClock: Fault = {
  name: "the sender's clock wrong by days",
  inject: async ({ sender, random }) => {
    for (const sign of [-1, 1]) {
      sender.clockSkewMs = sign * random.int(1, 60) * DAY_MS;
      await acknowledge(sender, SKEWED_EVENTS);
    }
    sender.clockSkewMs = 0;
    let imported = 0;
    for (let event = 0; event < SKEWED_EVENTS; event++) {
      const receivedMs = Date.now() - random.int(1, 60) * DAY_MS;
      if ((await sender.postNew(sender.importHeaders(receivedMs))) !== undefined) imported++;
    }
    return imported;
  },
};

const tenAtOnce: Fault = {
  name: 'the same event posted ten times at once',
  inject: async ({ sender }) => {
    let posted = 0;
    for (let event = 0; event < REPEATED; event++) {
      const webhook = sender.next();
      const receipts = await Promise.all(Array.from({ length: AT_ONCE }, () => sender.post(webhook)));
      const ids = new Set(receipts.map((receipt) => receipt?.id));
      const firsts = receipts.filter((receipt) => receipt?.duplicate === false);
      if (receipts.every((receipt) => receipt !== undefined)) posted++;
      if (ids.size !== 1 || firsts.length !== 1) {
        sender.violations.push(`ten at once: ${ids.size} ids, ${firsts.length} of them taken as new`);
      }
    }
    return posted;
  },
};

export const SENDER_FAULTS: readonly Fault[] = [wrongClock, tenAtOnce];
