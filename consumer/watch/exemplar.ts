/** W3C trace context; ids of zeros alone mean none. */
const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The labels by which an exemplar leads from a metric to a trace, as OpenTelemetry names them; none without a trace. */
export function exemplarLabels(traceparent: string | undefined): Record<string, string> {
  const [, traceId, spanId] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return traceId === undefined || spanId === undefined ? {} : { trace_id: traceId, span_id: spanId };
}
