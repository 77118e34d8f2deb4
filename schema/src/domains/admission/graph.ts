import { WINDOW_STAGE } from '../../kernel/words.ts';
import { ITEM_KIND } from '../catalogue/item-words.ts';
import { ADMISSION_STATE, FEE_CHANGE } from '../catalogue/words.ts';
import type { AdmissionState } from '../catalogue/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { admission } from './operations.ts';
import type { Exemption, Fee, FeeChange } from './rules.ts';
import { flowText } from '../catalogue/flow/index.ts';
import type { AdmissionView, AdmittedItemView, ListEntryView } from './views.ts';

/** With the node that answered, so that an item can be looked up there. */
type Via<T> = T & { via: string };

/** Role admission (进驻): which items a node handles at its centre, its fees, and its published lists. */
export function addAdmission(role: RoleBuilder): void {
  const Admission = admissionType(role);
  const ListEntry = listEntryType(role);
  role.builder.queryType();
  role.builder.mutationType();
  addOperations(role, admission, { Admission, ListEntry });
}

function admissionType(role: RoleBuilder) {
  const { builder, refs } = role;
  const { Division } = refs;
  const AdmittedItem = admittedItemType(role);
  const { FeeRef, FeeChangeRef } = feeTypes(role);
  return builder.objectRef<AdmissionView>('Admission').implement({
    description: '进驻情况: every item the node accepts or decides, and where it is handled (应进必进).',
    fields: (t) => {
      const count = (state: AdmissionState) =>
        t.int({ nullable: false, resolve: (v) => v.items.filter((row) => row.state === state).length });
      return {
        division: t.field({ type: Division, resolve: (v) => v.division }),
        day: t.field({ type: 'Date', nullable: false, resolve: (v) => v.day }),
        due: t.int({
          nullable: false,
          description: 'Items that belong in the centre.',
          resolve: (v) => v.items.length,
        }),
        admitted: count('ADMITTED'),
        exempt: count('EXEMPT'),
        outside: count('OUTSIDE'),
        items: t.field({
          type: [AdmittedItem],
          nullable: false,
          resolve: (v) => v.items.map((row) => ({ ...row, via: v.division })),
        }),
        fees: t.field({
          type: [FeeRef],
          nullable: false,
          resolve: (v) => v.fees.map((fee) => ({ ...fee, via: v.division })),
        }),
        feeChanges: t.field({
          type: [FeeChangeRef],
          nullable: false,
          description: 'Newest first.',
          resolve: (v) => v.feeChanges.map((change) => ({ ...change, via: v.division })),
        }),
      };
    },
  });
}

function admittedItemType({ builder, enumOf, refs }: RoleBuilder) {
  const ExemptionRef = builder.objectRef<Exemption>('Exemption').implement({
    description: '负面清单: approved to be handled outside the centre.',
    fields: (t) => ({
      reason: t.exposeString('reason', { nullable: false }),
      approver: t.exposeString('approver', { nullable: false }),
      until: t.field({ type: 'Date', nullable: false, description: 'The last day it holds.', resolve: (e) => e.until }),
    }),
  });
  return builder.objectRef<Via<AdmittedItemView>>('AdmittedItem').implement({
    fields: (t) => ({
      item: t.field({ type: refs.ItemStub, resolve: (row) => ({ code: row.item, via: row.via }) }),
      state: t.field({ type: enumOf(ADMISSION_STATE), nullable: false, resolve: (row) => row.state }),
      admittedFrom: t.field({ type: 'Date', resolve: (row) => row.entry?.admittedFrom ?? null }),
      exemption: t.field({ type: ExemptionRef, resolve: (row) => row.entry?.exemption ?? null }),
    }),
  });
}

function feeTypes({ builder, enumOf, refs }: RoleBuilder) {
  const { ItemStub } = refs;
  const FeeRef = builder.objectRef<Via<Fee>>('Fee').implement({
    description: '收费项目 as it stands.',
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (fee) => ({ code: fee.item, via: fee.via }) }),
      name: t.exposeString('name', { nullable: false }),
      amountFen: t.field({
        type: 'Fen',
        description: 'Whole fen; null where the amount follows a schedule of its own.',
        resolve: (fee) => fee.amountFen,
      }),
      basis: t.exposeString('basis', { nullable: false }),
      since: t.field({ type: 'Date', nullable: false, resolve: (fee) => fee.since }),
    }),
  });
  const FeeChangeRef = builder.objectRef<Via<FeeChange>>('FeeChange').implement({
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (change) => ({ code: change.item, via: change.via }) }),
      name: t.exposeString('name', { nullable: false }),
      change: t.field({ type: enumOf(FEE_CHANGE), nullable: false, resolve: (change) => change.change }),
      amountFen: t.field({ type: 'Fen', resolve: (change) => change.amountFen }),
      basis: t.exposeString('basis', { nullable: false }),
      effectiveFrom: t.field({ type: 'Date', nullable: false, resolve: (change) => change.effectiveFrom }),
    }),
  });
  return { FeeRef, FeeChangeRef };
}

function listEntryType({ builder, enumOf, refs }: RoleBuilder) {
  return builder.objectRef<ListEntryView>('ListEntry').implement({
    description: 'A line of a published list.',
    fields: (t) => ({
      item: t.field({ type: refs.ItemStub, resolve: (entry) => ({ code: entry.item.code, via: entry.via }) }),
      name: t.string({ nullable: false, resolve: (entry) => entry.item.name }),
      kind: t.field({ type: enumOf(ITEM_KIND), nullable: false, resolve: (entry) => entry.item.kind }),
      department: t.string({ nullable: false, resolve: (entry) => entry.item.department }),
      legalBasis: t.string({ nullable: false, resolve: (entry) => entry.item.legalBasis }),
      stages: t.field({
        type: [enumOf(WINDOW_STAGE)],
        nullable: false,
        description: 'What the node does with it; empty where it only takes in.',
        resolve: (entry) => entry.stages,
      }),
      decidedUnder: t.field({
        type: refs.DelegationUse,
        description: 'The grant by which the node decides; null where it decides by the item itself, or not at all.',
        resolve: (entry) => entry.through,
      }),
      flow: t.string({
        description:
          '办理流程 with its stages, as text, in the list `FLOWS`; `guide` has it as a picture. Null in other lists.',
        resolve: ({ flow }) => flow && flowText(flow),
      }),
      capFen: t.field({
        type: 'Fen',
        description: 'Up to which amount it decides by that grant, in whole fen; null where there is no cap.',
        resolve: (entry) => entry.capFen,
      }),
    }),
  });
}
