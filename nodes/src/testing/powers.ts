import type { GrantPowerInput } from '@liandong/schema/graph';
import type { GrantView } from '@liandong/schema/domains/delegation';
import { dayOf } from '@liandong/schema/kernel';
import { RELIEF, chief, countyChief } from './cases.ts';
import type { TestFederation } from './test-federation.ts';
import { COUNTY, TOWNSHIP, VILLAGE, eventually } from './test-federation.ts';

/** The most a township may decide under the power of {@link powersOf}, in fen. */
export const CAP = 100_000;

/** How the county lends the township the power over 临时救助, and how nodes know of it. */
export function powersOf(federation: () => TestFederation) {
  const delegation = (node: string) => federation().services(node).delegation;
  const today = () => dayOf(federation().now());
  const power = (change: Partial<GrantPowerInput> = {}): GrantPowerInput => ({
    grantee: TOWNSHIP,
    items: [RELIEF],
    stages: ['REVIEW', 'DECIDE'],
    mode: 'ENTRUSTED',
    cap: { amountFen: CAP },
    from: today(),
    to: null,
    basis: '《社会救助暂行办法》第四十八条',
    announcement: '三门县民政局委托亭旁镇人民政府审核确认小额临时救助',
    request: null,
    idempotencyKey: null,
    ...change,
  });

  /** The grant as a node knows it; null when it does not. */
  const known = async (node: string, id: string): Promise<GrantView | null> =>
    (await delegation(node).list(null)).find(({ grant }) => grant.id === id) ?? null;
  const becomes = (node: string, id: string, state: GrantView['state']) =>
    eventually(async () => (await known(node, id))?.state === state);

  /** Offers a power, has it accepted, and waits until the village knows it. */
  async function inEffect(change: Partial<GrantPowerInput> = {}): Promise<string> {
    const { grant } = await delegation(COUNTY).grant(countyChief, power(change));
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
    await delegation(TOWNSHIP).answer(chief, { id: grant.id, accepted: true, reason: null, idempotencyKey: null });
    await becomes(VILLAGE, grant.id, 'IN_EFFECT');
    return grant.id;
  }

  async function ended(id: string): Promise<void> {
    await delegation(COUNTY).revoke(countyChief, { id, reason: '收回', idempotencyKey: null });
    await becomes(TOWNSHIP, id, 'REVOKED');
    await becomes(VILLAGE, id, 'REVOKED');
  }

  return { delegation, today, power, known, becomes, inEffect, ended };
}
