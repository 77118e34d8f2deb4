import { CASE_RESULT, CASE_STATE, EXPEDITED_WAY } from '../../case/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { ApprovalWait, NextItem } from './approvals.ts';
import type { ProjectCaseView } from './views.ts';
import { APPROVAL_WAIT } from './words.ts';

// types that lists of approvals share: a project's, and those of an enterprise with a steward

export type ProjectCaseType = ReturnType<typeof projectCaseType>;
export type NextItemType = ReturnType<typeof nextItemType>;

/** 下一步事项. */
export function nextItemType({ builder, refs }: RoleBuilder) {
  const Given = builder.objectRef<NextItem['given'][number]>('GivenResult').implement({
    description: 'A material that the result of a case serves as.',
    fields: (t) => ({
      material: t.exposeString('material', { nullable: false }),
      case: t.exposeID('case', { nullable: false, description: 'Id of the case.' }),
    }),
  });
  return builder.objectRef<NextItem & { via: string }>('NextItem').implement({
    description: '下一步事项: what a bundle of the catalogue puts behind cases that were granted.',
    fields: (t) => ({
      item: t.field({ type: refs.ItemStub, resolve: (n) => ({ code: n.item, via: n.via }) }),
      after: t.idList({
        nullable: { list: false, items: false },
        description: 'Ids of the cases whose results lead to it.',
        resolve: (n) => n.after.map(({ id }) => id),
      }),
      given: t.field({ type: [Given], nullable: { list: false, items: false }, resolve: (n) => n.given }),
    }),
  });
}

function approvalWaitType({ builder, enumOf, refs }: RoleBuilder) {
  return builder.objectRef<ApprovalWait>('ApprovalWait').implement({
    description: 'What an approval waits for.',
    fields: (t) => ({
      kind: t.field({ type: enumOf(APPROVAL_WAIT), nullable: false, resolve: (w) => w.kind }),
      division: t.field({
        type: refs.Division,
        description: 'The desk it waits for; null where it waits for the applicant.',
        resolve: (w) => w.node,
      }),
      since: t.field({ type: 'DateTime', nullable: false, resolve: (w) => w.since }),
      dueAt: t.field({ type: 'DateTime', description: 'Null where no limit runs.', resolve: (w) => w.dueAt }),
    }),
  });
}

/** 项目办件: a case in a list of approvals. */
export function projectCaseType(role: RoleBuilder) {
  const { builder, enumOf, refs } = role;
  const ApprovalWaitType = approvalWaitType(role);
  const { Division, ItemStub } = refs;
  // other roles have the rest of the case; its custodian has the present state
  const Case = builder.objectRef<ProjectCaseView>('Case').implement({
    description: '办件: one application, from filing to closing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      _custodian: t.id({
        description: 'The pointer to the custodian, as last known here.',
        resolve: (c) => c.custodian ?? c.acceptor,
      }),
    }),
  });
  return builder.objectRef<ProjectCaseView & { via: string }>('ProjectCase').implement({
    description: '项目办件, as far as the node that answers knows it; `case` asks the custodian.',
    fields: (t) => ({
      case: t.field({ type: Case, resolve: (c) => c }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (c) => ({ code: c.item, via: c.via }) }),
      filedOn: t.field({ type: 'Date', nullable: false, resolve: (c) => c.filedOn }),
      state: t.field({
        type: enumOf(CASE_STATE),
        description: 'Null where nothing has come yet.',
        resolve: (c) => c.state,
      }),
      waits: t.field({
        type: ApprovalWaitType,
        description: 'What it waits for; null once it has ended, and where its state is not known here.',
        resolve: (c) => c.waits,
      }),
      result: t.field({ type: enumOf(CASE_RESULT), resolve: (c) => c.result }),
      custodian: t.field({ type: Division, resolve: (c) => c.custodian }),
      dueAt: t.field({ type: 'DateTime', resolve: (c) => c.clock?.dueAt ?? null }),
      remainingDays: t.int({ description: 'Null before acceptance.', resolve: (c) => c.clock?.remainingDays ?? null }),
      overdue: t.boolean({ resolve: (c) => c.clock?.overdue ?? null }),
      expedited: t.field({ type: enumOf(EXPEDITED_WAY), resolve: (c) => c.clock?.expedited?.way ?? null }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the node does not hold the case: when it last heard of it.',
        resolve: (c) => c.staleSince,
      }),
    }),
  });
}
