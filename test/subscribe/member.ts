import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { subscribe } from '../../schemas/subscribe/index.ts';

/**
 * A subscriber in a process of its own, to be killed: writes a line for each event that it begins and that it ends into
 * the file MEMBER_LOG, and stops in good order at SIGTERM.
 */
const { BROKERS = '', TOPIC_PREFIX = '', GROUP = '', MEMBER_LOG = '', HANDLE_MS = '0' } = process.env;

const tell = (line: string) => appendFileSync(MEMBER_LOG, `${line}\n`);
const subscription = await subscribe({
  brokers: BROKERS,
  topicPrefix: TOPIC_PREFIX,
  kinds: ['session'],
  group: GROUP,
  concurrency: 4,
  onTrouble: ({ what }) => tell(`trouble ${what}`),
  onEvent: async (event) => {
    tell(`begun ${event.sequence}`);
    await sleep(Number(HANDLE_MS));
    tell(`ended ${event.sequence}`);
  },
});
tell('joined');
process.once('SIGTERM', () => void subscription.stop());
