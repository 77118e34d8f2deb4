import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed, answerKeys } from '../../graph/builder.ts';
import {
  fileCaseInput,
  fileDraftInput,
  parseInput,
  rateServiceInput,
  supplementCaseInput,
} from '../../graph/inputs.ts';
import { OPENS_AS_PUBLIC, OPENS_ITS_CASE } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import { addProxyParts } from '../proxy/graph-parts.ts';
import type { FilingView, TrackedCaseView } from './services.ts';

/** Role filing (收件): the application, its number and applicant, and the pointer to the custodian. Owner: the desk that took it in. */
export function addFiling(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division } = refs;
  const Problem = addProblem(role);
  const Case = builder.objectRef<FilingView>('Case');

  const Applicant = builder.objectRef<FilingView['applicant']>('Applicant').implement({
    description: '申请人',
    fields: (t) => ({
      name: t.exposeString('name'),
      idType: t.field({ type: enums.IdType, resolve: (a) => a.idType }),
      idNumber: t.exposeString('idNumber', { description: 'Masked for people who do not handle the case.' }),
      phone: t.exposeString('phone', { description: 'Masked for people who do not handle the case.' }),
    }),
  });
  const Consent = builder.objectRef<NonNullable<FilingView['consent']>>('Consent').implement({
    description: "委托代办: the applicant's recorded consent to proxy handling.",
    fields: (t) => ({
      givenBy: t.exposeString('givenBy'),
      way: t.field({ type: enums.ConsentWay, resolve: (c) => c.way }),
      scope: t.exposeString('scope'),
      givenAt: t.field({ type: 'DateTime', resolve: (c) => c.givenAt }),
      from: t.field({
        type: 'Date',
        description: 'Its first day; null for the day it was given.',
        resolve: (c) => c.from,
      }),
      until: t.field({ type: 'Date', description: 'Its last day; null until the case ends.', resolve: (c) => c.until }),
    }),
  });
  const Material = builder.objectRef<FilingView['materials'][number]>('Material').implement({
    description: '申请材料, named by its content.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      sha256: t.exposeString('sha256', { nullable: false, description: 'SHA-256 of the bytes, hexadecimal.' }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes.' }),
    }),
  });

  const FormEntry = builder.objectRef<FilingView['form'][number]>('FormEntry').implement({
    description: '表单内容: one field as it was filled in.',
    fields: (t) => ({
      field: t.exposeString('field', { nullable: false }),
      value: t.exposeString('value', { nullable: false }),
    }),
  });

  Case.implement({
    description: '办件: one application, from filing to closing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      _custodian: t.id({
        description: 'The pointer to the custodian, as last known here.',
        resolve: (c) => c.custodian,
      }),
      number: t.exposeString('number', { description: '办件编号' }),
      filedAt: t.field({ type: 'DateTime', resolve: (c) => c.filedAt }),
      filedBy: t.exposeString('filedBy', { description: 'Who took it in.' }),
      filingNode: t.field({ type: Division, resolve: (c) => c.filingNode }),
      place: t.field({ type: Division, description: 'Where the matter lies.', resolve: (c) => c.place }),
      acceptor: t.field({ type: Division, description: '受理机关', resolve: (c) => c.acceptor }),
      decider: t.field({ type: Division, description: '决定机关', resolve: (c) => c.decider }),
      applicant: t.field({ type: Applicant, resolve: (c) => c.applicant }),
      consent: t.field({ type: Consent, resolve: (c) => c.consent }),
      materials: t.field({ type: [Material], nullable: { list: true, items: false }, resolve: (c) => c.materials }),
      form: t.field({
        type: [FormEntry],
        nullable: { list: true, items: false },
        description: "What the application states in the item's form; empty for people who do not handle the case.",
        resolve: (c) => c.form,
      }),
      bundleId: t.id({ description: '一件事 the case is a member of.', resolve: (c) => c.bundle?.id ?? null }),
      item: t.field({ type: refs.ItemStub, resolve: (c) => ({ code: c.item, via: c.answeredBy }) }),
      implementation: t.field({
        type: refs.ImplementationStub,
        description: 'How the deciding node carries the item out.',
        resolve: (c) => ({ item: c.item, node: c.power, via: c.answeredBy }),
      }),
      applicationStaleSince: t.field({
        type: 'DateTime',
        description: 'Set when the desk that took the case in could not be reached and a copy answered: its age.',
        resolve: (c) => c.staleSince,
      }),
    }),
  });

  const Step = builder.objectRef<TrackedCaseView['steps'][number]>('TrackedStep').implement({
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: (s) => s.at }),
      node: t.field({ type: Division, resolve: (s) => s.node }),
      action: t.field({ type: enums.LogAction, resolve: (s) => s.action }),
      actor: t.exposeString('actor', { description: 'Who took it: the name; 系统 for the node itself.' }),
      post: t.field({ type: enums.Role, description: 'In which post.', resolve: (s) => s.post }),
      insteadOf: t.exposeString('insteadOf', { description: 'The absent colleague whose post it was (AB角).' }),
      byProxy: t.exposeBoolean('byProxy', { description: 'Whether it was done for the applicant by proxy (代办).' }),
    }),
  });
  const parts = addProxyParts(role);
  const TrackedProxy = builder.objectRef<NonNullable<TrackedCaseView['proxy']>>('TrackedProxy').implement({
    description: '代办: who acts for the applicant, by which consent, and whom they spoke to about it.',
    fields: (t) => ({
      consent: t.field({ type: parts.Consent, resolve: (p) => p.consent }),
      agent: t.field({ type: parts.Agent, resolve: (p) => p.agent }),
      contacts: t.field({
        type: [parts.Contact],
        nullable: { list: true, items: false },
        resolve: (p) => p.contacts,
      }),
    }),
  });
  const TrackedCase = builder.objectRef<TrackedCaseView>('TrackedCase').implement({
    description: '办件查询: what the applicant sees, with who acted; no personal data but the names of those who did.',
    fields: (t) => ({
      number: t.exposeString('number'),
      item: t.field({ type: refs.ItemStub, resolve: (c) => ({ code: c.item, via: c.answeredBy }) }),
      state: t.field({ type: enums.CaseState, resolve: (c) => c.state }),
      filedAt: t.field({ type: 'DateTime', resolve: (c) => c.filedAt }),
      custodian: t.field({ type: Division, resolve: (c) => c.custodian }),
      dueAt: t.field({ type: 'DateTime', description: 'End of the promise.', resolve: (c) => c.dueAt }),
      missing: t.field({
        type: [refs.MissingMaterial],
        nullable: { list: true, items: false },
        resolve: (c) => c.missing,
      }),
      reason: t.exposeString('reason'),
      remedies: t.exposeString('remedies', { description: '救济途径' }),
      steps: t.field({ type: [Step], nullable: { list: true, items: false }, resolve: (c) => c.steps }),
      proxy: t.field({
        type: TrackedProxy,
        description: 'Null where there is no proxy agent.',
        resolve: (c) => c.proxy,
      }),
    }),
  });

  const Key = builder.inputType('FilingKey', {
    fields: (t) => ({ id: t.id({ required: true }), at: t.id({ required: true }), via: t.id() }),
  });
  builder.queryType({
    fields: (t) => ({
      case: t.field({
        extensions: OPENS_ITS_CASE,
        type: Case,
        description: 'One case, for the desks it concerns.',
        args: { id: t.arg.id({ required: true }) },
        resolve: async (_, { id }, context) => {
          const [found] = await context.services(addressed(context)).filing.getMany(context.viewer, [id]);
          if (found instanceof Error) throw found;
          return found ?? null;
        },
      }),
      track: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: TrackedCase,
        description: 'A case for the public, by its number and tracking code. Needs no login.',
        args: { number: t.arg.string({ required: true }), code: t.arg.string({ required: true }) },
        resolve: (_, { number, code }, context) => context.services(addressed(context)).filing.track(number, code),
      }),
      _filing: t.field({
        extensions: OPENS_ITS_CASE,
        type: [Case],
        nullable: { list: false, items: true },
        args: { keys: t.arg({ type: [Key], required: true }) },
        resolve: (_, { keys }, context) =>
          answerKeys(keys, (node, asked) =>
            context.services(node).filing.getMany(
              context.viewer,
              asked.map((key) => key.id),
            ),
          ),
      }),
    }),
  });

  const MaterialInput = builder.inputType('MaterialInput', {
    fields: (t) => ({
      name: t.string({ required: true, description: "One of the item's materials." }),
      fileName: t.string({ required: true }),
      mediaType: t.string({ required: true }),
      content: t.field({ type: 'Base64', required: true, description: 'The bytes, at most 10 MiB.' }),
    }),
  });
  const FileCaseInput = builder.inputType('FileCaseInput', {
    fields: (t) => ({
      item: t.id({ required: true }),
      place: t.id({ description: "Where the matter lies; the desk's own division when left out." }),
      applicant: t.field({
        required: true,
        type: builder.inputType('ApplicantInput', {
          fields: (a) => ({
            name: a.string({ required: true }),
            idType: a.field({ type: enums.IdType, required: true }),
            idNumber: a.string({ required: true }),
            phone: a.string({ required: true }),
          }),
        }),
      }),
      consent: t.field({
        description: 'Needed when an agent files.',
        type: builder.inputType('ConsentInput', {
          fields: (c) => ({
            givenBy: c.string({ required: true }),
            way: c.field({ type: enums.ConsentWay, required: true }),
            scope: c.string({ required: true }),
            givenAt: c.field({ type: 'DateTime', required: true }),
            from: c.field({ type: 'Date' }),
            until: c.field({ type: 'Date', description: 'Its last day.' }),
          }),
        }),
      }),
      amountFen: t.field({
        type: 'Fen',
        description: 'The amount asked for, in fen; how far powers reach may depend on it.',
      }),
      form: t.field({
        type: [
          builder.inputType('FormEntryInput', {
            fields: (e) => ({ field: e.string({ required: true }), value: e.string({ required: true }) }),
          }),
        ],
        description: "What the item's form asks for.",
      }),
      renewal: t.field({
        description: '延续: asked for in time, and not decided by its expiry, it counts as granted (Art. 50).',
        type: builder.inputType('RenewalInput', {
          fields: (r) => ({
            licence: r.string({ required: true, description: "The licence's own number." }),
            expiresOn: r.field({ type: 'Date', required: true, description: 'The last day it holds.' }),
          }),
        }),
      }),
      materials: t.field({ type: [MaterialInput], required: true }),
      enquiry: t.id({ description: '首问: the enquiry at this desk that it grew out of; of the same item.' }),
      project: t.id({ description: '项目 it is filed for; this desk must have been told of it.' }),
      idempotencyKey: t.string({ description: 'The same key files once, however often it is sent.' }),
    }),
  });
  const SupplementCaseInput = builder.inputType('SupplementCaseInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      materials: t.field({ type: [MaterialInput], required: true }),
      note: t.string(),
      idempotencyKey: t.string(),
    }),
  });

  const FileCasePayload = builder
    .objectRef<Outcome<{ filing: FilingView; trackingCode: string }>>('FileCasePayload')
    .implement({
      fields: (t) => ({
        case: t.field({ type: Case, resolve: (o) => o.done?.filing ?? null }),
        trackingCode: t.string({
          description: 'Printed on the slip the resident takes home; shown this once.',
          resolve: (o) => o.done?.trackingCode ?? null,
        }),
        errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
      }),
    });
  const SupplementCasePayload = builder.objectRef<Outcome<FilingView>>('SupplementCasePayload').implement({
    fields: (t) => ({
      case: t.field({ type: Case, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const FileDraftInput = builder.inputType('FileDraftInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      materials: t.field({ type: [MaterialInput], required: true, description: "Materials on top of the draft's." }),
      idempotencyKey: t.string(),
    }),
  });
  const RateServicePayload = builder.objectRef<Outcome<TrackedCaseView>>('RateServicePayload').implement({
    fields: (t) => ({
      case: t.field({ type: TrackedCase, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      fileCase: t.field({
        type: FileCasePayload,
        description: '收件: takes an application in.',
        args: { input: t.arg({ type: FileCaseInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).filing.file(context.viewer, parseInput(fileCaseInput, input)),
          ),
      }),
      draftCase: t.field({
        type: FileCasePayload,
        description: '申请预审: draws an application up; no clock runs and nothing is counted until it is filed.',
        args: { input: t.arg({ type: FileCaseInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).filing.draft(context.viewer, parseInput(fileCaseInput, input)),
          ),
      }),
      fileDraft: t.field({
        extensions: OPENS_ITS_CASE,
        type: SupplementCasePayload,
        description: '收件: files a draft as it stands, with what the pre-check asked for.',
        args: { input: t.arg({ type: FileDraftInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).filing.fileDraft(context.viewer, parseInput(fileDraftInput, input)),
          ),
      }),
      rateService: t.field({
        extensions: OPENS_AS_PUBLIC,
        type: RateServicePayload,
        description: '好差评, by the applicant: once, with number and tracking code. Needs no login.',
        args: {
          number: t.arg.string({ required: true }),
          code: t.arg.string({ required: true }),
          grade: t.arg.int({ required: true, description: '5 非常满意 … 1 非常不满意' }),
          idempotencyKey: t.arg.string(),
        },
        resolve: (_, input, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).filing.rate(parseInput(rateServiceInput, input)),
          ),
      }),
      supplementCase: t.field({
        extensions: OPENS_ITS_CASE,
        type: SupplementCasePayload,
        description: '补正: hands in what the one-time notice asked for.',
        args: { input: t.arg({ type: SupplementCaseInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .filing.supplement(context.viewer, parseInput(supplementCaseInput, input)),
          ),
      }),
    }),
  });
}
