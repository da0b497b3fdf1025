import type { KafkaMessage } from 'kafkajs';
import { pino } from 'pino';
import { type Listener, LiveStream } from '../../consumer/stream/live/live-stream.ts';
import { type StreamEvent, toMessage } from '../../schemas/event.ts';
import { undoAfterwards } from '../support/clean-up.ts';

const RECORD = { timestamp: '0', attributes: 0, offset: '0' };

/** A stream that the test itself publishes to, and who watches it. */
export function standIn() {
  const listeners: Listener[] = [];
  let stops = 0;
  const follow = async (listener: Listener) => {
    listeners.push(listener);
    listener.onReading(true);
    return { stop: async () => void stops++ };
  };
  const live = new LiveStream({ follow, log: pino({ level: 'silent' }), nowMs: () => 0 });
  const publish = (...events: StreamEvent[]) => {
    for (const each of events) {
      const { key, value, headers } = toMessage(each);
      const message: KafkaMessage = { ...RECORD, key: Buffer.from(key), value: Buffer.from(value), headers };
      for (const listener of listeners) listener.onMessage({ topic: 't', partition: 0, message });
    }
  };
  undoAfterwards(() => live.stop());
  return { live, publish, follows: () => listeners.length, stops: () => stops, viewers: () => live.viewers };
}
