import { createRequire } from 'node:module';
import { KafkaJSConnectionError, KafkaJSRequestTimeoutError } from 'kafkajs';

const require = createRequire(import.meta.url);
// Neither is among what kafkajs declares to the outside.
const { KafkaJSConnectionClosedError } = require('kafkajs/src/errors') as {
  KafkaJSConnectionClosedError: new (message: string) => Error;
};
const { errorCodes, createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  errorCodes: { type: string; code: number }[];
  createErrorFromCode: (code: number) => Error;
};

/** The error that kafkajs makes of a broker's answer. */
export function kafkaError(type: string): Error {
  const known = errorCodes.find((each) => each.type === type);
  if (known === undefined) throw new RangeError(`kafkajs knows no ${type}`);
  return createErrorFromCode(known.code);
}

export function lostConnection(): Error {
  return new KafkaJSConnectionClosedError('closed');
}

export function refusedConnection(): Error {
  return new KafkaJSConnectionError('refused');
}

export function requestTimeout(): Error {
  return new KafkaJSRequestTimeoutError('timed out');
}
