import type { Client } from '../federation/client.ts';
import { whileLent } from '../federation/delegation-journey.ts';
import * as documents from '../federation/documents.ts';
import type { Federation } from '../federation/federation.ts';

const RELIEF = '3310-MZ-002';
const LOW_INCOME = '3310-MZ-001';
const COUNTY = '331022';
const VILLAGE = '331022103201';

interface Place {
  code: string;
  name: string;
}
interface CompetenceNow {
  competence: { acceptor: Place; decider: Place; reasons: string[] };
}
interface DriftNow {
  catalogDrift: {
    basis: { name: string } | null;
    basisStale: boolean;
    drift: {
      node: { name: string };
      itemCode: string;
      item: { name: string } | null;
      element: string;
      own: string | null;
      basic: string | null;
      kind: string;
    }[];
    coverage: { expected: number; answered: number; silent: { node: { name: string }; code: string }[] };
  };
}

/**
 * Prints answers of a running federation as README shows them: the competent organs, and where copies of the catalogue
 * drift.
 */
export async function printAnswers(federation: Federation, say: (line: string) => void): Promise<void> {
  const nobody = await federation.as(null);
  await whileLent(federation, async () => {
    for (const amountFen of [80_000, 200_000]) await printCompetence(nobody, amountFen, say);
  });
  // a bettered implementation is no drift; the public gets a cached answer for a while, so this query uses a login
  const cataloguer = await federation.as('county-cataloguer');
  await cataloguer.do(documents.REVISE_IMPLEMENTATION, {
    item: LOW_INCOME,
    promised: { days: 12, unit: 'WORKDAY' },
    reason: '压缩时限',
  });
  say(`catalogDrift(division: "${COUNTY}")`);
  await printDrift(cataloguer, say);
  await federation.host('zhuao').stop();
  try {
    await printDrift(cataloguer, say);
  } finally {
    await federation.host('zhuao').start();
  }
  say('');
}

async function printCompetence(client: Client, amountFen: number, say: (line: string) => void): Promise<void> {
  const asked = { item: RELIEF, division: VILLAGE, amountFen };
  const { competence } = await client.get<CompetenceNow>(documents.COMPETENCE, asked);
  const { acceptor, decider, reasons } = competence;
  const [accepts = '', decides = '', ...others] = reasons;
  say(`competence(item: "${RELIEF}", division: "${VILLAGE}", amountFen: ${amountFen})`);
  say(`  受理 ${acceptor.name}   ${accepts}`);
  say(`  决定 ${decider.name}   ${decides}`);
  for (const reason of others) say(`${' '.repeat(15)}${reason}`);
  say('');
}

async function printDrift(client: Client, say: (line: string) => void): Promise<void> {
  const { catalogDrift } = await client.get<DriftNow>(documents.DRIFT, { division: COUNTY });
  const { basis, basisStale, drift, coverage } = catalogDrift;
  const { answered, expected, silent } = coverage;
  const unheard = silent.map(({ node, code }) => `${node.name} (${code})`).join(', ');
  const found = drift.length === 0 ? 'no drift' : `${drift.length} places`;
  say(
    `  compared with ${basis?.name ?? 'nobody'}${basisStale ? ', whose copy stood in' : ''}: ${found}; ` +
      `${answered} of ${expected} nodes answered${unheard === '' ? '' : `, silent: ${unheard}`}`,
  );
  for (const { node, itemCode, item, element, own, basic, kind } of drift) {
    say(`    ${node.name} ${itemCode} ${item?.name ?? ''} ${element}: ${own ?? 'none'} / ${basic ?? 'none'} (${kind})`);
  }
}
