import { appendFileSync } from 'node:fs';
import { instant, KINDS, type QiscusEvent, text } from 'qiscus-stream-events';
import { subscribe } from 'qiscus-stream-events/subscribe';

/** Another team's program: keeps a line for each event that it handles in the file EVENTS. */
const { BROKERS = '', TOPIC_PREFIX = '', EVENTS = '' } = process.env;

const subscription = await subscribe({
  brokers: BROKERS,
  topicPrefix: TOPIC_PREFIX,
  kinds: KINDS,
  group: `${TOPIC_PREFIX}crm`,
  onEvent: (event) => {
    const { id, kind, payload } = event;
    appendFileSync(EVENTS, `${JSON.stringify({ id, kind, payload, summary: summaryOf(event) })}\n`);
  },
});
console.log('subscribed');
process.once('SIGTERM', () => void subscription.stop());

/** Each kind narrows the payload: what another kind has does not compile. */
function summaryOf(event: QiscusEvent): string {
  switch (event.kind) {
    case 'session':
      return `session ${text(event.payload.payload.message?.text)}`;
    case 'resolution':
      return `resolution ${text(event.payload.resolved_by?.name)}`;
    case 'message':
      return `message ${text(event.payload.payload.message.text)}`;
    case 'agent-logout':
      return `agent-logout ${instant(event.payload.payload.timestamp)}`;
    case 'allocation':
      return `allocation ${text(event.payload.candidate_agent?.name)}`;
    case 'custom-button':
      return `custom-button ${text(event.payload.channel_name)}`;
    case 'unrecognized':
      return `unrecognized ${Object.keys(event.payload).length}`;
  }
}

/** Never called: what must not compile. */
export function wrong(event: QiscusEvent): void {
  // @ts-expect-error before the kind is known, no field of a payload is
  void event.payload.payload;
  // @ts-expect-error a resolution has no message
  if (event.kind === 'resolution') void event.payload.payload;
  // @ts-expect-error there is no such kind
  void subscribe({ brokers: '', kinds: ['sessions'], group: 'g', onEvent: () => undefined });
}
