import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import type { Asker } from '../enquiries/rules.ts';
import type { NextItemType, ProjectCaseType } from '../projects/approval-types.ts';
import { stewards } from './operations.ts';
import type { EnterpriseCasesView, EnterpriseView, Steward, StewardPassView } from './views.ts';

/** The types of projects that an enterprise's list shares. */
interface Shared {
  ProjectCase: ProjectCaseType;
  NextItem: NextItemType;
}

/** Fields of role projects for stewards (管家服务). */
export function addStewards(role: RoleBuilder, shared: Shared): void {
  const { builder } = role;
  const StewardPass = builder.objectRef<StewardPassView>('StewardPass').implement({
    description: '管家凭证',
    fields: (t) => ({
      pass: t.exposeString('pass', { nullable: false }),
      until: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.until }),
    }),
  });
  const EnterpriseCases = builder.objectRef<EnterpriseCasesView>('EnterpriseCases').implement({
    description: '企业在办件 at one desk.',
    fields: (t) => ({
      cases: t.field({
        type: [shared.ProjectCase],
        nullable: { list: false, items: false },
        resolve: (e) => e.cases.map((c) => ({ ...c, via: e.answeredBy })),
      }),
      nextItems: t.field({
        type: [shared.NextItem],
        nullable: { list: false, items: false },
        description: '主动代办: items that can be applied for next, since the results ahead of them are there.',
        resolve: (e) => e.nextItems.map((next) => ({ ...next, via: e.answeredBy })),
      }),
    }),
  });
  addOperations(role, stewards, { Enterprise: enterpriseType(role, shared), StewardPass, EnterpriseCases });
}

function enterpriseType({ builder, refs }: RoleBuilder, { ProjectCase, NextItem }: Shared) {
  const StewardType = builder.objectRef<Steward>('Steward').implement({
    description: '管家',
    fields: (t) => ({
      sub: t.exposeID('sub', { nullable: false, description: "Subject of the person's token." }),
      name: t.exposeString('name', { nullable: false }),
      since: t.field({ type: 'DateTime', nullable: false, resolve: (s) => s.since }),
    }),
  });
  const Contact = builder.objectRef<Asker>('EnterpriseContact').implement({
    description: "联络员: the enterprise's own person; the phone is masked.",
    fields: (t) => ({ name: t.exposeString('name'), phone: t.exposeString('phone') }),
  });
  const forFollowers = 'Null for people who neither are its steward nor supervise the desk.';
  return builder.objectRef<EnterpriseView>('Enterprise').implement({
    description: '管家服务企业: an enterprise with a steward at a desk.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      division: t.field({ type: refs.Division, description: "The steward's desk.", resolve: (e) => e.division }),
      name: t.exposeString('name', { nullable: false }),
      code: t.exposeString('code', { nullable: false, description: '统一社会信用代码, masked.' }),
      contact: t.field({ type: Contact, nullable: false, resolve: (e) => e.contact }),
      steward: t.field({
        type: StewardType,
        description: "Null where the steward's post at the desk ended: another is to be named.",
        resolve: (e) => e.steward,
      }),
      namedBy: t.exposeString('namedBy', { nullable: false }),
      namedAt: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.namedAt }),
      endedAt: t.field({ type: 'DateTime', resolve: (e) => e.ended?.at ?? null }),
      endReason: t.string({ resolve: (e) => e.ended?.reason ?? null }),
      cases: t.field({
        type: [ProjectCase],
        description: `Its open cases over all tiers, as far as the desk knows them. ${forFollowers}`,
        resolve: async (e) => (await e.approvals())?.cases.map((c) => ({ ...c, via: e.division })) ?? null,
      }),
      nextItems: t.field({
        type: [NextItem],
        description: `主动代办: items that can be applied for next. ${forFollowers}`,
        resolve: async (e) => (await e.approvals())?.nextItems.map((next) => ({ ...next, via: e.division })) ?? null,
      }),
    }),
  });
}
