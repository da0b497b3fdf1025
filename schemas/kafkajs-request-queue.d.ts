/** A part of kafkajs that it does not export: the requests to one broker, as far as `kafka-client.ts` mends them. */
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
