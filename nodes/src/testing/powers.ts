import type { GrantPowerInput, GrantView } from '@liandong/schema/domains/delegation';
import { delegation as domain } from '@liandong/schema/domains/delegation';
import { dayOf } from '@liandong/schema/kernel';
import { RELIEF, chief, countyChief } from './cases.ts';
import type { TestFederation } from './test-federation.ts';
import { COUNTY, TOWNSHIP, VILLAGE, eventually } from './test-federation.ts';

/** The most a township may decide under the power of {@link powersOf}, in fen. */
export const CAP = 100_000;

/** Lends the power over 临时救助 from the county to the township, and reads what nodes know of it. */
export function powersOf(federation: () => TestFederation) {
  const delegation = (node: string) => federation().desk(node, domain);
  const today = () => dayOf(federation().now());
  const power = (change: Partial<GrantPowerInput> = {}): GrantPowerInput => ({
    grantee: TOWNSHIP,
    items: [RELIEF],
    stages: ['REVIEW', 'DECIDE'],
    mode: 'ENTRUSTED',
    capFen: CAP,
    from: today(),
    to: null,
    basis: '《社会救助暂行办法》第四十八条',
    announcement: '三门县民政局委托亭旁镇人民政府审核确认小额临时救助',
    request: null,
    idempotencyKey: null,
    ...change,
  });

  /** The organ a node takes for competent for the item in the village. */
  const competent = (node: string, amountFen: number, item = RELIEF) =>
    delegation(node).competence(null, { item, division: VILLAGE, amountFen });
  /** The grants a node knows, of one item or of all. */
  const grantsAt = (node: string, item: string | null = null) =>
    delegation(node).delegations(null, { division: node, item });

  /** The grant as a node knows it, or null if it does not know it. */
  const known = async (node: string, id: string): Promise<GrantView | null> =>
    (await grantsAt(node)).find(({ grant }) => grant.id === id) ?? null;
  const becomes = (node: string, id: string, state: GrantView['state']) =>
    eventually(async () => (await known(node, id))?.state === state);

  /** Offers a power, has it accepted, and waits until the village knows it. */
  async function inEffect(change: Partial<GrantPowerInput> = {}): Promise<string> {
    const { grant } = await delegation(COUNTY).grantPower(countyChief, power(change));
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
    await delegation(TOWNSHIP).answerDelegation(chief, {
      id: grant.id,
      accepted: true,
      reason: null,
      idempotencyKey: null,
    });
    await becomes(VILLAGE, grant.id, 'IN_EFFECT');
    return grant.id;
  }

  async function ended(id: string): Promise<void> {
    await delegation(COUNTY).revokeDelegation(countyChief, { id, reason: '收回', idempotencyKey: null });
    await becomes(TOWNSHIP, id, 'REVOKED');
    await becomes(VILLAGE, id, 'REVOKED');
  }

  return { delegation, competent, grantsAt, today, power, known, becomes, inEffect, ended };
}
