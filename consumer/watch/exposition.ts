import { type OpenMetricsContentType, Registry } from 'prom-client';

/** The formats in which metrics are told, by their media types; the first where none is asked for. */
export const METRIC_FORMATS = ['text/plain', 'application/openmetrics-text'] as const;

type MetricFormat = (typeof METRIC_FORMATS)[number];

/** A registry's metrics in a format: the text, and its `Content-Type`. */
export async function exposition(
  registry: Registry,
  format: MetricFormat,
): Promise<{ readonly text: string; readonly contentType: string }> {
  const told = format === 'text/plain' ? registry : inOpenMetrics(registry);
  return { text: await told.metrics(), contentType: told.contentType };
}

/**
 * The same metrics, to be told with exemplars. Each has a stand-in, for the library cuts `_total` off the names of the
 * metrics themselves, and in the other format they would be without it from then on.
 */
function inOpenMetrics(registry: Registry) {
  const other = new Registry<OpenMetricsContentType>();
  other.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    if (metric !== undefined) other.registerMetric(Object.create(metric));
  }
  return other;
}
