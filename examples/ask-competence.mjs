// Who accepts and who decides 临时救助 in 包家村, for two amounts? Needs no login.
//   node examples/ask-competence.mjs
import { ask } from './ask.mjs';

const COMPETENCE = `query ($item: ID!, $division: ID!, $amountFen: Fen) {
  competence(item: $item, division: $division, amountFen: $amountFen) {
    acceptor { name } decider { name } reasons
  }
}`;

for (const yuan of [800, 2000]) {
  const { competence } = await ask(COMPETENCE, {
    item: '3310-MZ-002',
    division: '331022103201',
    amountFen: yuan * 100,
  });
  console.log(`${yuan} 元: 受理 ${competence.acceptor.name}, 决定 ${competence.decider.name}`);
  for (const reason of competence.reasons) console.log(`    ${reason}`);
}
