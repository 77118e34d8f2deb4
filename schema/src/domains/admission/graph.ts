import type { z } from 'zod';
import type { Exemption, Fee, FeeChange } from './rules.ts';
import type { ListEntry } from './published-lists.ts';
import type { AdmissionState } from '../catalogue/words.ts';
import { admitItemInput, changeFeeInput, exemptItemInput } from './inputs.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed } from '../../graph/builder.ts';
import { parseInput } from '../../graph/inputs.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import type { AdmissionService, AdmissionView, AdmittedItemView } from '../../graph/register-services.ts';
import type { RoleContext } from '../../graph/services.ts';

/** What the public sees needs the node that answered, so that an item can be looked up there. */
interface Via {
  via: string;
}

/** Role admission (进驻): which items a node handles at its centre, its fees, and its published lists. */
export function addAdmission(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const ExemptionRef = builder.objectRef<Exemption>('Exemption').implement({
    description: '负面清单: approved to be handled outside the centre.',
    fields: (t) => ({
      reason: t.exposeString('reason', { nullable: false }),
      approver: t.exposeString('approver', { nullable: false }),
      until: t.field({ type: 'Date', nullable: false, description: 'The last day it holds.', resolve: (e) => e.until }),
    }),
  });
  const AdmittedItem = builder.objectRef<AdmittedItemView & Via>('AdmittedItem').implement({
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (row) => ({ code: row.item, via: row.via }) }),
      state: t.field({ type: enums.AdmissionState, nullable: false, resolve: (row) => row.state }),
      admittedFrom: t.field({ type: 'Date', resolve: (row) => row.entry?.admittedFrom ?? null }),
      exemption: t.field({ type: ExemptionRef, resolve: (row) => row.entry?.exemption ?? null }),
    }),
  });
  const FeeRef = builder.objectRef<Fee & Via>('Fee').implement({
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
  const FeeChangeRef = builder.objectRef<FeeChange & Via>('FeeChange').implement({
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (change) => ({ code: change.item, via: change.via }) }),
      name: t.exposeString('name', { nullable: false }),
      change: t.field({ type: enums.FeeChangeKind, nullable: false, resolve: (change) => change.change }),
      amountFen: t.field({ type: 'Fen', resolve: (change) => change.amountFen }),
      basis: t.exposeString('basis', { nullable: false }),
      effectiveFrom: t.field({ type: 'Date', nullable: false, resolve: (change) => change.effectiveFrom }),
    }),
  });
  const Admission = builder.objectRef<AdmissionView>('Admission').implement({
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
  const ListEntryRef = builder.objectRef<ListEntry & Via>('ListEntry').implement({
    description: 'A line of a published list.',
    fields: (t) => ({
      item: t.field({ type: ItemStub, resolve: (entry) => ({ code: entry.item.code, via: entry.via }) }),
      name: t.string({ nullable: false, resolve: (entry) => entry.item.name }),
      kind: t.field({ type: enums.ItemKind, nullable: false, resolve: (entry) => entry.item.kind }),
      department: t.string({ nullable: false, resolve: (entry) => entry.item.department }),
      legalBasis: t.string({ nullable: false, resolve: (entry) => entry.item.legalBasis }),
      stages: t.field({
        type: [enums.WindowStage],
        nullable: false,
        description: 'What the node does with it; empty where it only takes in.',
        resolve: (entry) => entry.stages,
      }),
      decidedUnder: t.field({
        type: refs.DelegationUse,
        description: 'The grant by which the node decides; null where it decides by the item itself, or not at all.',
        resolve: (entry) => entry.through,
      }),
      capFen: t.field({
        type: 'Fen',
        description: 'Up to which amount it decides by that grant, in whole fen; null where there is no cap.',
        resolve: (entry) => entry.capFen,
      }),
    }),
  });

  builder.queryType({
    fields: (t) => ({
      admission: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: Admission,
        description: 'Needs no login.',
        args: { division: t.arg.id({ required: true }) },
        resolve: (_, _args, context) => context.services(addressed(context)).admission.admission(),
      }),
      publishedList: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: [ListEntryRef],
        nullable: { list: true, items: false },
        description:
          '权力清单、责任清单、服务清单, by the catalogue and the powers in effect today. A power is listed where `competence` names the node as decider, one lent with its grant and cap. Needs no login.',
        args: {
          division: t.arg.id({ required: true }),
          kind: t.arg({ type: enums.ListKind, required: true }),
          audience: t.arg({ type: enums.Audience, description: 'Everybody when left out.' }),
        },
        resolve: async (_, { kind, audience }, context) => {
          const node = addressed(context);
          const entries = await context.services(node).admission.publishedList(kind, audience ?? null);
          return entries.map((entry) => ({ ...entry, via: node }));
        },
      }),
    }),
  });

  const Payload = builder.objectRef<Outcome<AdmissionView>>('AdmissionPayload').implement({
    fields: (t) => ({
      admission: t.field({ type: Admission, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const AdmitInput = builder.inputType('AdmitItemInput', {
    fields: (t) => ({
      item: t.id({ required: true }),
      from: t.field({ type: 'Date', required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const ExemptInput = builder.inputType('ExemptItemInput', {
    fields: (t) => ({
      item: t.id({ required: true }),
      reason: t.string({ required: true }),
      approver: t.string({ required: true, description: 'The government or office that approved it.' }),
      until: t.field({ type: 'Date', required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const FeeInput = builder.inputType('ChangeFeeInput', {
    fields: (t) => ({
      item: t.id({ required: true }),
      name: t.string({ required: true }),
      change: t.field({ type: enums.FeeChangeKind, required: true }),
      amountFen: t.field({
        type: 'Fen',
        description: 'Whole fen; left out where the amount follows a schedule of its own.',
      }),
      basis: t.string({ required: true, description: 'Say 《不动产登记暂行条例》第二十条.' }),
      effectiveFrom: t.field({ type: 'Date', required: true }),
      idempotencyKey: t.string(),
    }),
  });
  const register =
    <T>(
      schema: z.ZodType<T>,
      call: (admission: AdmissionService, viewer: RoleContext['viewer'], input: T) => Promise<AdmissionView>,
    ) =>
    (_: unknown, { input }: { input: unknown }, context: RoleContext) =>
      outcomeOf(context, () =>
        call(context.services(addressed(context)).admission, context.viewer, parseInput(schema, input)),
      );
  builder.mutationType({
    fields: (t) => ({
      admitItem: t.field({
        type: Payload,
        description: '进驻: the item is handled at the centre from a day on; ends an exemption.',
        args: { input: t.arg({ type: AdmitInput, required: true }) },
        resolve: register(admitItemInput, (admission, viewer, input) => admission.admit(viewer, input)),
      }),
      exemptItem: t.field({
        type: Payload,
        description: '列入负面清单: the item is handled outside the centre, with approval and until a day.',
        args: { input: t.arg({ type: ExemptInput, required: true }) },
        resolve: register(exemptItemInput, (admission, viewer, input) => admission.exempt(viewer, input)),
      }),
      changeFee: t.field({
        type: Payload,
        description: '收费项目调整: adds, drops or adjusts a fee from a day on, with its basis.',
        args: { input: t.arg({ type: FeeInput, required: true }) },
        resolve: register(changeFeeInput, (admission, viewer, input) => admission.changeFee(viewer, input)),
      }),
    }),
  });
}
