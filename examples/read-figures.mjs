// What did 三门县 do this year, and which of its nodes do the figures cover?
//   node examples/read-figures.mjs
import { ask, signIn } from './ask.mjs';

const ROLLUP = `query ($division: ID!, $from: Date!, $to: Date!) {
  rollup(division: $division, from: $from, to: $to) {
    figures { filed accepted granted closed closedInTime }
    coverage { expected covered complete asOf }
  }
}`;

const token = await signIn('county-supervisor');
const year = new Date().getUTCFullYear();
const { rollup } = await ask(ROLLUP, { division: '331022', from: `${year}-01-01`, to: `${year}-12-31` }, token);
const { figures, coverage } = rollup;
console.log(`收件 ${figures.filed}, 受理 ${figures.accepted}, 准予 ${figures.granted}, 办结 ${figures.closed}`);
console.log(`${coverage.covered} of ${coverage.expected} nodes without a gap, as of ${coverage.asOf ?? 'never'}`);
