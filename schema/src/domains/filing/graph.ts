import { ROLE } from '../../kernel/words.ts';
import { LOG_ACTION } from '../../case/log-words.ts';
import { CONSENT_WAY } from '../proxy/words.ts';
import { CASE_STATE, ID_TYPE } from '../../case/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem } from '../../graph/problems.ts';
import { addOperations } from '../../operation/graph.ts';
import { addDevices } from '../devices/graph.ts';
import { addPapers } from '../papers/graph.ts';
import { addUploads } from '../uploads/graph.ts';
import { addProxyParts } from '../proxy/graph-parts.ts';
import { filing } from './operations.ts';
import type {
  EarlierApplicationView,
  FiledCaseView,
  FilingView,
  NextApplicationView,
  TrackedCaseView,
} from './views.ts';

/** Role filing (收件): the application, its number and applicant, and the pointer to the custodian. Owner: the desk that took it in. */
export function addFiling(role: RoleBuilder): void {
  const { builder } = role;
  const parts = applicationTypes(role);
  const Case = caseType(role, parts);
  const EarlierApplication = earlierType(role, parts);
  const NextApplication = nextType(role, parts);
  const FileCasePayload = filedPayload(role, Case);
  const TrackedCase = trackedType(role);
  const Key = builder.inputType('FilingKey', {
    fields: (t) => ({ id: t.id({ required: true }), at: t.id({ required: true }), via: t.id() }),
  });
  builder.queryType({
    fields: (t) => ({
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
  builder.mutationType();
  addOperations(role, filing, { Case, EarlierApplication, NextApplication, FileCasePayload, TrackedCase });
  addPapers(role);
  addUploads(role);
  addDevices(role);
}

function caseType(role: RoleBuilder, { Applicant, Consent, FormEntry, Material }: ApplicationTypes) {
  const { builder, refs } = role;
  const { Division } = refs;
  const Late = builder.objectRef<NonNullable<FilingView['late']>>('LateFiling').implement({
    description: '补录: filed later than it was received, while the desk had no line.',
    fields: (t) => ({
      enteredAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When it was filed.',
        resolve: (l) => l.enteredAt,
      }),
      device: t.exposeID('device', { nullable: false, description: 'The device it was taken in with.' }),
    }),
  });
  return builder.objectRef<FilingView>('Case').implement({
    description: '办件: one application, from filing to closing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      _custodian: t.id({
        description: 'The pointer to the custodian, as last known here.',
        resolve: (c) => c.custodian,
      }),
      number: t.exposeString('number', { description: '办件编号' }),
      filedAt: t.field({ type: 'DateTime', description: 'When the desk received it.', resolve: (c) => c.filedAt }),
      late: t.field({
        type: Late,
        description: '补录: it was filed later than it was received; null for a case filed at once.',
        resolve: (c) => c.late,
      }),
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
        description:
          "What the application states in the item's form, with numbers masked; empty for people who do not handle the case.",
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
}

function earlierType({ builder }: RoleBuilder, { Applicant, Consent, FormEntry }: ApplicationTypes) {
  return builder.objectRef<EarlierApplicationView>('EarlierApplication').implement({
    description: '更正前的申请: what the application said until it was corrected.',
    fields: (t) => ({
      correctedAt: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.correctedAt }),
      applicant: t.field({ type: Applicant, resolve: (e) => e.applicant }),
      consent: t.field({ type: Consent, resolve: (e) => e.consent }),
      form: t.field({ type: [FormEntry], nullable: { list: true, items: false }, resolve: (e) => e.form }),
    }),
  });
}

function nextType({ builder, refs }: RoleBuilder, { Applicant, FormEntry }: ApplicationTypes) {
  return builder.objectRef<NextApplicationView>('NextApplication').implement({
    description: "下一步申请: an item that a case's result leads to, with what is known for it.",
    fields: (t) => ({
      item: t.field({ type: refs.ItemStub, resolve: (n) => ({ code: n.item, via: n.answeredBy }) }),
      after: t.exposeIDList('after', {
        nullable: { list: false, items: false },
        description: 'Ids of the cases whose results lead to it.',
      }),
      applicant: t.field({ type: Applicant, resolve: (n) => n.applicant }),
      form: t.field({
        type: [FormEntry],
        nullable: { list: false, items: false },
        description: 'What its form takes over, with numbers masked.',
        resolve: (n) => n.form,
      }),
      amountFen: t.field({ type: 'Fen', resolve: (n) => n.amountFen }),
      project: t.exposeID('project'),
      ready: t.exposeStringList('ready', {
        nullable: { list: false, items: false },
        description: 'Names of materials that results serve as, and whose bytes are here.',
      }),
      missing: t.exposeStringList('missing', {
        nullable: { list: false, items: false },
        description: 'Names of required materials that are still to be handed in.',
      }),
    }),
  });
}

type ApplicationTypes = ReturnType<typeof applicationTypes>;

/** Types for the parts of an application. */
function applicationTypes({ builder, enumOf }: RoleBuilder) {
  const Applicant = builder.objectRef<FilingView['applicant']>('Applicant').implement({
    description: '申请人',
    fields: (t) => ({
      name: t.exposeString('name'),
      idType: t.field({ type: enumOf(ID_TYPE), resolve: (a) => a.idType }),
      idNumber: t.exposeString('idNumber', { description: 'Masked; `showPersonalData` shows it.' }),
      phone: t.exposeString('phone', { description: 'Masked; `showPersonalData` shows it.' }),
    }),
  });
  const Consent = builder.objectRef<NonNullable<FilingView['consent']>>('Consent').implement({
    description: "委托代办: the applicant's recorded consent to proxy handling.",
    fields: (t) => ({
      givenBy: t.exposeString('givenBy'),
      way: t.field({ type: enumOf(CONSENT_WAY), resolve: (c) => c.way }),
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
  return { Applicant, Consent, Material, FormEntry };
}

function trackedType(role: RoleBuilder) {
  const { builder, enumOf, refs } = role;
  const { Division } = refs;
  const { Step, Proxy } = trackedParts(role);
  return builder.objectRef<TrackedCaseView>('TrackedCase').implement({
    description: '办件查询: what the applicant sees, with who acted; no personal data but the names of those who did.',
    fields: (t) => ({
      number: t.exposeString('number'),
      item: t.field({ type: refs.ItemStub, resolve: (c) => ({ code: c.item, via: c.answeredBy }) }),
      state: t.field({ type: enumOf(CASE_STATE), resolve: (c) => c.state }),
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
      proxy: t.field({ type: Proxy, description: 'Null where there is no proxy agent.', resolve: (c) => c.proxy }),
    }),
  });
}

/** Types for what the applicant sees of each step, and of the agent. */
function trackedParts(role: RoleBuilder) {
  const { builder, enumOf, refs } = role;
  const Step = builder.objectRef<TrackedCaseView['steps'][number]>('TrackedStep').implement({
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: (s) => s.at }),
      node: t.field({ type: refs.Division, resolve: (s) => s.node }),
      action: t.field({ type: enumOf(LOG_ACTION), resolve: (s) => s.action }),
      actor: t.exposeString('actor', { description: 'Who took it: the name; 系统 for the node itself.' }),
      post: t.field({ type: enumOf(ROLE), description: 'In which post.', resolve: (s) => s.post }),
      insteadOf: t.exposeString('insteadOf', { description: 'The absent colleague whose post it was (AB角).' }),
      byProxy: t.exposeBoolean('byProxy', { description: 'Whether it was done for the applicant by proxy (代办).' }),
    }),
  });
  const { Agent, Consent, Contact } = addProxyParts(role);
  const Proxy = builder.objectRef<NonNullable<TrackedCaseView['proxy']>>('TrackedProxy').implement({
    description: '代办: who acts for the applicant, by which consent, and whom they spoke to about it.',
    fields: (t) => ({
      consent: t.field({ type: Consent, resolve: (p) => p.consent }),
      agent: t.field({ type: Agent, resolve: (p) => p.agent }),
      contacts: t.field({ type: [Contact], nullable: { list: true, items: false }, resolve: (p) => p.contacts }),
    }),
  });
  return { Step, Proxy };
}

/** A case just taken in, and the code on the slip. */
function filedPayload(role: RoleBuilder, Case: ReturnType<typeof caseType>) {
  const Problem = addProblem(role);
  return role.builder.objectRef<Outcome<FiledCaseView>>('FileCasePayload').implement({
    fields: (t) => ({
      case: t.field({ type: Case, resolve: (o) => o.done?.filing ?? null }),
      trackingCode: t.string({
        description: 'Printed on the slip the resident takes home; shown this once.',
        resolve: (o) => o.done?.trackingCode ?? null,
      }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
}
