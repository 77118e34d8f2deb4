/** Clock and latencies of a host. */
export { clockOffset } from './clock.ts';
export {
  collectProcess,
  countAnswer,
  countFailure,
  observeGraphql,
  observeHandOff,
  observeSql,
  processRegistry,
  statementLabel,
} from './latencies.ts';
