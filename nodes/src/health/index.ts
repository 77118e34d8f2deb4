/** Readiness, metrics, and the doctor that examines a host. */
export { HostMetrics, METRIC_QUERIES } from './host-metrics.ts';
export { MetricsServer } from './metrics-server.ts';
export { CLOCK_LIMIT_MS, isReady, readinessOf } from './readiness.ts';
export type { Readiness } from './readiness.ts';
