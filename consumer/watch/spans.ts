import { setTimeout as sleep } from 'node:timers/promises';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { traceContext } from '../../schemas/trace-context.ts';
import type { SpanProtocol } from '../tracing-settings.ts';
import type { Failure, Work } from '../work.ts';
import { attributesOf } from './span-attributes.ts';

const SERVICE = 'qiscus-stream-consumer';
/** What is not sent by then is dropped: a collector that hangs must not hold the end of the process. */
const SHUTDOWN_MS = 2_000;

/** Tells a tracing system what became of traced events. */
export interface Spans {
  /** To be called once an event is settled: its rows stand, or its dead letter does. */
  readonly settled: (work: Pick<Work, 'source' | 'event'>, failure: Failure | undefined) => void;
  readonly shutdown: () => Promise<void>;
}

/**
 * Spans over OTLP, by the official SDK, which is loaded only here: who does not ask for spans does not pay for them.
 *
 * One span for each event that came with a sampled `traceparent`, from its receipt at the edge until it is settled, as
 * a child of the sender's. They wait in memory, 2,048 at the most; what is more, or cannot be sent, is dropped, and
 * nothing waits for it.
 */
export async function createSpans(protocol: SpanProtocol, log: Logger): Promise<Spans> {
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } = await import('@opentelemetry/api');
  const { BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  const provider = new TracerProvider({
    resource: await resource(),
    spanProcessors: [new BatchSpanProcessor({ exporter: telling(new OTLPTraceExporter(), log) })],
  });
  const tracer = provider.getTracer('qiscus-stream');

  const settled: Spans['settled'] = ({ source, event }, failure) => {
    if (event?.traceparent === undefined) return;
    const sender = traceContext(event.traceparent);
    if (!sender?.isSampled) return;
    const { traceId, spanId } = sender;
    const spanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const nowMs = Date.now();
    // The edge has a clock of its own.
    const startTime = Math.min(event.receivedMs, nowMs);
    const attributes = attributesOf(source, event);
    const span = tracer.startSpan(
      `deliver ${source.topic}`,
      { kind: SpanKind.CONSUMER, startTime, attributes },
      trace.setSpanContext(ROOT_CONTEXT, spanContext),
    );
    const publishedMs = Number(source.message.timestamp);
    if (publishedMs >= startTime && publishedMs <= nowMs) span.addEvent('published', publishedMs);
    if (failure !== undefined) {
      span.setAttribute('error.type', failure.stage);
      span.setStatus({ code: SpanStatusCode.ERROR, message: failure.reason });
    }
    span.end(nowMs);
  };
  const shutdown = () => Promise.race([provider.shutdown().catch(() => undefined), sleep(SHUTDOWN_MS)]);
  return { settled, shutdown };
}

/** Who sends the spans: this consumer, unless the environment gives it another name. */
async function resource() {
  const { defaultResource, detectResources, resourceFromAttributes, ...detect } = await import(
    '@opentelemetry/resources'
  );
  const { resourceAttributesEnvDetector, serviceInstanceIdDetector, serviceNameEnvDetector } = detect;
  const detectors = [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector];
  const ours = resourceFromAttributes({ 'service.name': SERVICE });
  return defaultResource().merge(ours).merge(detectResources({ detectors }));
}

/** An exporter whose failures are logged, without the text of what answered. */
function telling(exporter: SpanExporter, log: Logger): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) {
          const { name } = result.error;
          const code = 'code' in result.error ? result.error.code : undefined;
          const hint = 'Look at the collector, and at OTEL_EXPORTER_OTLP_ENDPOINT.';
          log.warn(
            { error: name, code, spans: spans.length, hint },
            'spans could not be sent, and are dropped',
          );
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}
