/** A part of kafkajs that it does not export: how it opens a socket when it is not told another way. */
declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';

  export default function (): ISocketFactory;
}
