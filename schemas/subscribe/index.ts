/** A subscriber to the stream, for other teams. */
export type { Gap } from './gaps.ts';
export { type EventContext, SubscribeError, type SubscribeOptions, type Trouble } from './options.ts';
export { subscribe } from './subscribe.ts';
export type { Health, PartitionLag, Subscription } from './subscription.ts';
