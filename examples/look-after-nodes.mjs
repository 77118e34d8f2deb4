// The county's operator looks over every node of 亭旁镇, and names what waits and who did not answer.
//   node examples/look-after-nodes.mjs
import { ask, signIn } from './ask.mjs';

const HEALTH = `query ($division: ID!) {
  nodeHealthWithin(division: $division) {
    node { code name }
    health { host ready waiting oldestWaitingAt parked watermark }
    errors { code }
  }
}`;

const token = await signIn('county-operator');
const { nodeHealthWithin: nodes } = await ask(HEALTH, { division: '331022103' }, token);

for (const { node, health, errors } of nodes) {
  if (!health) console.log(`${node.name}  ${errors[0].code}`);
  else console.log(`${node.name}  ${health.ready ? '就绪' : '未就绪'}  待发 ${health.waiting}  搁置 ${health.parked}`);
}
console.log(`${nodes.filter(({ health }) => health).length} of ${nodes.length} nodes answered`);
