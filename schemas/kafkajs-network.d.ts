/** What kafkajs does not export, as far as `kafka-client.ts` mends it: the requests to one broker. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    constructor(options: {
      maxInFlightRequests: number | null;
      requestTimeout: number;
      enforceRequestTimeout: boolean;
      clientId: string;
      broker: string;
      logger: { debug(message: string, details?: object): void };
    });
    /** Requests that wait until they may be sent. */
    readonly pending: readonly unknown[];
    /** The timer that looks after them; null when there is none. */
    readonly throttleCheckTimeoutId: unknown;
    push(request: {
      entry: { correlationId: number; resolve: () => void; reject: () => void };
      expectResponse: boolean;
      sendRequest: () => void;
    }): void;
    maybeThrottle(ms: number): void;
    fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
  export = RequestQueue;
}

/** And a connection to one. */
declare module 'kafkajs/src/network/connection.js' {
  export default class Connection {
    /** What has come of an answer so far. */
    chunks: readonly Buffer[];
    readonly bytesBuffered: number;
    processData(bytes: Buffer): void;
  }
}
