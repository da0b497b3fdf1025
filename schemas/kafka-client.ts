/// <reference path="./kafkajs-network.d.ts" />
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

export { Kafka } from 'kafkajs';

/**
 * The one way to kafkajs's client, for Worker, consumer and commands alike; lint allows no other. Two things of kafkajs
 * 2.2.4 are mended here.
 *
 * It sets a timer after every answer, though nothing waits to be sent, with a time that is negative, and that timer sets
 * the next one (its issues 1704 and 1751). Node makes a millisecond of it and warns; workerd makes nothing of it, and one
 * webhook keeps a whole core busy until the connection is given up.
 *
 * And it keeps what is left behind an answer as a slice of it, also where nothing is left: all of the answer stays in
 * memory until the next one has come, by when it is old, and is collected late.
 */
const { scheduleCheckPendingRequests: schedule } = RequestQueue.prototype;
const { processData } = Connection.prototype;
if (typeof schedule !== 'function' || typeof processData !== 'function') {
  throw new Error(
    'kafkajs has changed what is done on a connection: look in schemas/kafka-client.ts what is still to mend',
  );
}

// Only a request that waits needs a timer: kafkajs gives that one a time above zero.
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};

Connection.prototype.processData = function (this: Connection, bytes: Buffer): void {
  processData.call(this, bytes);
  if (this.bytesBuffered === 0) this.chunks = [];
};
