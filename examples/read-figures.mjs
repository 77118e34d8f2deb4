// What did 三门县 do this year, which of its nodes do the figures cover, and what is due next at all of them?
//   node examples/read-figures.mjs
import { ask, signIn } from './ask.mjs';

const ROLLUP = `query ($division: ID!, $from: Date!, $to: Date!) {
  rollup(division: $division, from: $from, to: $to) {
    figures { filed accepted granted closed closedInTime }
    coverage { expected covered complete asOf }
  }
}`;

const NEXT = `query ($division: ID!) {
  casesWithin(division: $division, first: 5) {
    nodes { number item { name } custodian { name } clock { remainingDays } }
    pageInfo { endCursor }
    coverage { expected answered silent { node { name } code } }
  }
}`;

const token = await signIn('county-supervisor');
const year = new Date().getUTCFullYear();
const { rollup } = await ask(ROLLUP, { division: '331022', from: `${year}-01-01`, to: `${year}-12-31` }, token);
const { figures, coverage } = rollup;
console.log(`收件 ${figures.filed}, 受理 ${figures.accepted}, 准予 ${figures.granted}, 办结 ${figures.closed}`);
console.log(`${coverage.covered} of ${coverage.expected} nodes without a gap, as of ${coverage.asOf ?? 'never'}`);
const { casesWithin } = await ask(NEXT, { division: '331022' }, token);
for (const { number, item, custodian, clock } of casesWithin.nodes) {
  console.log(`${number}  ${item.name}  ${custodian.name}  ${clock ? `剩余 ${clock.remainingDays} 日` : '未受理'}`);
}
const { expected, answered, silent } = casesWithin.coverage;
console.log(
  `辖区办件: ${answered} of ${expected} nodes answered`,
  ...silent.map(({ node, code }) => `${node.name} ${code}`),
);
