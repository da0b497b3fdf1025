// Some twenty seconds: longer than a broker takes to start again, even a busy one. Who gives up before then joins the
// group as someone new, and has to wait until its former self has timed out.
const RETRY = { initialRetryTime: 200, maxRetryTime: 2_000, retries: 12 };
const REQUEST_TIMEOUT_MS = 8_000;
const CONNECTION_TIMEOUT_MS = 3_000;
// A consumer that was killed keeps its partitions for so long: recovery waits for it.
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 1_500;
const REBALANCE_TIMEOUT_MS = 15_000;
const MAX_WAIT_MS = 500;

/** How a client that lives long tries, and when it gives up a request or a connection. */
export const CLIENT_OPTIONS = {
  connectionTimeout: CONNECTION_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  retry: RETRY,
} as const;

/** A member of a group that starts again after every failure that may pass. */
export const GROUP_OPTIONS = {
  sessionTimeout: SESSION_TIMEOUT_MS,
  heartbeatInterval: HEARTBEAT_INTERVAL_MS,
  rebalanceTimeout: REBALANCE_TIMEOUT_MS,
  maxWaitTimeInMs: MAX_WAIT_MS,
  // A topic made by accident has the wrong number of partitions for ever.
  allowAutoTopicCreation: false,
  retry: { ...RETRY, restartOnFailure: async () => true },
} as const;
