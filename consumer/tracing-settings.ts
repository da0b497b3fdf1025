import { type } from 'arktype';

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;

/** How spans are sent, in OpenTelemetry's words. */
export type SpanProtocol = (typeof PROTOCOLS)[number];

/** OpenTelemetry takes an empty variable as one that is not set. */
const endpoint = type('string').narrow(
  (text, context) =>
    text === '' ||
    /^https?:$/.test(URL.parse(text)?.protocol ?? '') ||
    context.mustBe('an http(s) URL, such as http://127.0.0.1:4318'),
);

const fields = type({
  '+': 'delete',
  'OTEL_EXPORTER_OTLP_ENDPOINT?': endpoint,
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?': endpoint,
  'OTEL_EXPORTER_OTLP_PROTOCOL?': 'string',
  'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL?': 'string',
  'OTEL_TRACES_EXPORTER?': 'string',
  'OTEL_SDK_DISABLED?': 'string',
});

/** The protocol that is asked for; undefined where no spans are. */
function protocolAsked(settings: typeof fields.infer): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces, OTEL_EXPORTER_OTLP_ENDPOINT: ofAll } = settings;
  const isOff =
    settings.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || settings.OTEL_TRACES_EXPORTER === 'none';
  if (isOff || !(ofTraces || ofAll)) return undefined;
  return settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || settings.OTEL_EXPORTER_OTLP_PROTOCOL || PROTOCOLS[0];
}

function known(protocol: string | undefined): SpanProtocol | undefined {
  return PROTOCOLS.find((each) => each === protocol);
}

/**
 * Of the standard variables, those by which it is told whether spans are sent, and how. Headers, time-outs, compression,
 * certificates and the service's name are read by the library itself, when it is loaded.
 */
export const tracingSettings = fields
  .narrow((settings, context) => {
    const asked = protocolAsked(settings);
    if (asked === undefined || known(asked) !== undefined) return true;
    return context.reject({ path: ['OTEL_EXPORTER_OTLP_PROTOCOL'], expected: PROTOCOLS.join(' or ') });
  })
  .pipe((settings) => ({ spans: known(protocolAsked(settings)) }));
