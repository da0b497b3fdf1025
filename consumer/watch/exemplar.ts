import { traceContext } from '../../schemas/trace-context.ts';

/** The labels by which an exemplar leads from a metric to a trace, as OpenTelemetry names them; none without a trace. */
export function exemplarLabels(traceparent: string | undefined): Record<string, string> {
  const trace = traceContext(traceparent);
  return trace === undefined ? {} : { trace_id: trace.traceId, span_id: trace.spanId };
}
