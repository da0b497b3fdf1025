import type { IHeaders } from 'kafkajs';
import { Reader } from './reader.ts';

/** Passes over a record's headers. @throws UndecodableError when they are damaged */
export function skipHeaders(reader: Reader): void {
  for (let count = reader.varint(); count > 0; count--) {
    reader.skipVarintBytes();
    reader.skipVarintBytes();
  }
}

/**
 * Headers by their name, the values of one that was sent several times in a list, as kafkajs has them. It copies all
 * of them for each one more: a message of a megabyte of headers would keep the process busy for hours.
 */
export function readHeaders(block: Buffer): IHeaders {
  const reader = new Reader(block);
  const headers = new Map<string, (Buffer | null)[]>();
  for (let count = reader.varint(); count > 0; count--) {
    const name = reader.varintBytes()?.toString() ?? '';
    const value = reader.varintBytes();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  const entries = [...headers].map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
  return Object.fromEntries(entries);
}
