/** Metrics of the gateway. */
export { programLog } from './log.ts';
export { countOperation, observeHost, observeRequest, registry, serveMetrics } from './metrics.ts';
export { currentTrace, exportTraces, inTrace } from './trace.ts';
