/// <reference path="./kafkajs-request-queue.d.ts" />
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

export { Kafka } from 'kafkajs';

/**
 * The one way to kafkajs's client, for Worker, consumer and commands alike; lint allows no other.
 *
 * kafkajs 2.2.4 sets a timer after every answer, though nothing waits to be sent, with a time that is negative, and
 * that timer sets the next one (its issues 1704 and 1751). Node makes a millisecond of it and warns; workerd makes
 * nothing of it, and one webhook keeps a whole core busy until the connection is given up.
 */
const { prototype } = RequestQueue;
const schedule = prototype.scheduleCheckPendingRequests;
if (typeof schedule !== 'function') {
  throw new Error(
    'kafkajs has changed its request queue: look in schemas/kafka-client.ts what is still to mend',
  );
}

// Only a request that waits needs a timer: kafkajs gives that one a time above zero.
prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};
