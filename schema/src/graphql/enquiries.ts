import type { Asker } from '../rules/enquiries.ts';
import type { RoleBuilder } from './builder.ts';
import { addressed, connectionOf, pageOf } from './builder.ts';
import { openEnquiryInput, reportEnquiryInput } from './enquiry-inputs.ts';
import { parseInput } from './inputs.ts';
import type { Outcome } from './problems.ts';
import { addProblem, outcomeOf } from './problems.ts';
import type { EnquiryView } from './services.ts';

/** Role enquiries (首问负责): what was asked at a desk, its answers, and the duties that end with the report. */
export function addEnquiries(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division, ItemStub } = refs;
  const Problem = addProblem(role);

  const AskerRef = builder.objectRef<Asker>('EnquiryAsker').implement({
    description: 'Who asked, as far as they said; masked outside the desk that was asked.',
    fields: (t) => ({ name: t.exposeString('name'), phone: t.exposeString('phone') }),
  });
  const Enquiry = builder.objectRef<EnquiryView>('Enquiry').implement({
    description:
      '咨询: what was asked at a desk; its first-asked duty (首问责任) ends when the result is reported back.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (e) => ({ code: e.item, via: e.division }) }),
      itemVersion: t.exposeInt('itemVersion', {
        nullable: false,
        description: 'The one the answer was composed from.',
      }),
      inForce: t.exposeBoolean('inForce', {
        nullable: false,
        description: 'Whether the item was in force when it was asked for.',
      }),
      place: t.field({ type: Division, resolve: (e) => e.place }),
      acceptor: t.field({
        type: Division,
        description: 'By the answer; null where the place is too high to name it.',
        resolve: (e) => e.acceptor,
      }),
      decider: t.field({ type: Division, resolve: (e) => e.decider }),
      askedAt: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.askedAt }),
      answeredBy: t.exposeString('answeredBy', { nullable: false }),
      answer: t.exposeString('answer', {
        nullable: false,
        description: 'Markdown, as it was given: basis, limits, procedure, all materials, and who is competent.',
      }),
      asker: t.field({ type: AskerRef, resolve: (e) => e.asker }),
      caseId: t.id({ description: 'The case that grew out of it.', resolve: (e) => e.caseId }),
      state: t.field({ type: enums.EnquiryState, nullable: false, resolve: (e) => e.state }),
      reportedAt: t.field({ type: 'DateTime', resolve: (e) => e.reportedAt }),
      reportedBy: t.exposeString('reportedBy'),
      result: t.exposeString('result', { description: 'What was reported back.' }),
      division: t.field({ type: Division, description: 'The desk that was asked.', resolve: (e) => e.division }),
    }),
  });
  const Filter = builder.inputType('EnquiryFilter', {
    fields: (t) => ({
      division: t.id({ description: "The desk that was asked; the viewer's own when left out." }),
      state: t.field({ type: enums.EnquiryState }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      enquiry: t.field({
        type: Enquiry,
        args: { id: t.arg.id({ required: true }) },
        resolve: (_, { id }, context) => context.services(addressed(context)).enquiries.get(context.viewer, id),
      }),
      enquiries: t.field({
        type: builder.connectionObject({ type: Enquiry, name: 'EnquiryConnection' }),
        description: "A desk's first-asked duties: those whose case has ended wait for the report and come first.",
        args: { filter: t.arg({ type: Filter }), first: t.arg.int(), after: t.arg.string() },
        resolve: async (_, { filter, ...page }, context) => {
          const { enquiries } = context.services(addressed(context));
          return connectionOf(await enquiries.list(context.viewer, filter?.state ?? null, pageOf(page)));
        },
      }),
    }),
  });

  const Payload = builder.objectRef<Outcome<EnquiryView>>('EnquiryPayload').implement({
    fields: (t) => ({
      enquiry: t.field({ type: Enquiry, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const OpenInput = builder.inputType('OpenEnquiryInput', {
    fields: (t) => ({
      item: t.id({ required: true }),
      place: t.id({ description: "Where the matter lies; the desk's own division when left out." }),
      asker: t.field({
        description: 'Only where they want to be told; nobody need say who they are.',
        type: builder.inputType('EnquiryAskerInput', { fields: (a) => ({ name: a.string(), phone: a.string() }) }),
      }),
      idempotencyKey: t.string(),
    }),
  });
  const ReportInput = builder.inputType('ReportEnquiryInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      result: t.string({ required: true, description: 'What the asker was told.' }),
      idempotencyKey: t.string(),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      openEnquiry: t.field({
        type: Payload,
        description: '首问: answers at once and in full, and makes the desk answerable until the result is reported.',
        args: { input: t.arg({ type: OpenInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).enquiries.open(context.viewer, parseInput(openEnquiryInput, input)),
          ),
      }),
      reportEnquiry: t.field({
        type: Payload,
        description: '反馈: the result told to whoever asked; once, at the desk that was asked.',
        args: { input: t.arg({ type: ReportInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .enquiries.report(context.viewer, parseInput(reportEnquiryInput, input)),
          ),
      }),
    }),
  });
}
