/** Metrics of the gateway. */
export { countOperation, observeHost, observeRequest, registry, serveMetrics } from './metrics.ts';
