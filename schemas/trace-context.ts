/** A place in a trace, as the header `traceparent` of W3C Trace Context names it. */
export interface TraceContext {
  /** 32 hex digits, not all of them 0. */
  readonly traceId: string;
  /** Of the span that the sender was in: 16 hex digits, not all of them 0. */
  readonly spanId: string;
  /** Whether the sender records its part of the trace. */
  readonly isSampled: boolean;
}

const IDS = '(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})';
const VERSION_00 = new RegExp(`^00-${IDS}-([0-9a-f]{2})$`);
/** Any other version but ff, which is none, begins like ours, and may go on after a dash. */
const LATER_VERSION = new RegExp(`^(?!00|ff)[0-9a-f]{2}-${IDS}-([0-9a-f]{2})(?:-.*)?$`);
const SAMPLED = 1;

/**
 * Reads a `traceparent`. By the rules of W3C Trace Context, one that does not fit is as none: undefined. That is also
 * what several of them make, which HTTP joins by commas.
 */
export function traceContext(header: string | null | undefined): TraceContext | undefined {
  // Most have none, and this is asked of each event.
  if (!header) return undefined;
  const [, traceId, spanId, flags = ''] = VERSION_00.exec(header) ?? LATER_VERSION.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** A `traceparent` of version 00, which is the one that we know. */
export function traceparentOf({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
