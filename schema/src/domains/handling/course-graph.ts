import { LOG_ACTION } from '../../case/log-words.ts';
import type { CitedDiscretion, CitedMeeting } from '../../case/log-line.ts';
import { SHOWN_DATA } from '../../case/shown-data.ts';
import { ROLE } from '../../kernel/words.ts';
import { DELIVERY_WAY, OPINION, OUTCOME, SPECIAL_PROCEDURE } from '../../case/words.ts';
import { maskNumbersIn } from '../../kernel/identity-numbers.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type {
  Decision,
  Delivery,
  Extension,
  Precheck,
  Procedure,
  Rating,
  Renewal,
  Review,
} from '../../case/case-file.ts';
import { MEETING_KIND } from '../meetings/words.ts';
import { stepDataType } from './step-data-graph.ts';
import { DOCUMENT_STANDING } from './verification.ts';
import type { IssuedView, LogEntryView, VerifiedDocument } from './views.ts';

// The types of what happened to a case: its log, and its events from the pre-check to the rating.

/** What people wrote, with the numbers in it masked. */
const masked = (text: string | null) => text && maskNumbersIn(text);

export function logEntryType(role: RoleBuilder) {
  const { builder, enumOf, refs } = role;
  const { Division } = refs;
  const StepData = stepDataType(role);
  return builder.objectRef<LogEntryView>('LogEntry').implement({
    description: '办理环节: a line of the case log, signed by the node that wrote it.',
    fields: (t) => ({
      seq: t.exposeInt('seq', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (l) => l.at }),
      node: t.field({ type: Division, resolve: (l) => l.node }),
      actor: t.exposeString('actor'),
      actorRole: t.field({ type: enumOf(ROLE), resolve: (l) => l.actorRole }),
      action: t.field({ type: enumOf(LOG_ACTION), nullable: false, resolve: (l) => l.action }),
      note: t.string({ resolve: (l) => masked(l.note) }),
      data: t.field({
        type: StepData,
        description: 'What the line says beside that; null where its action says it all.',
        resolve: ({ entry }) => (SHOWN_DATA[entry.action].fields.length === 0 ? null : entry),
      }),
    }),
  });
}

export function reviewType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<Review>('Review').implement({
    description: '审查: one review of a case.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      node: t.field({ type: Division, resolve: (r) => r.node }),
      department: t.exposeString('department', { description: 'The reviewing department, where the log says it.' }),
      reviewer: t.string({ nullable: false, resolve: (r) => r.actor.name }),
      post: t.field({ type: enumOf(ROLE), resolve: (r) => r.actor.role }),
      insteadOf: t.string({ description: 'The absent colleague (AB角).', resolve: (r) => r.actor.for?.name ?? null }),
      second: t.string({ description: 'The second of staff (Art. 34).', resolve: (r) => r.second?.name ?? null }),
      opinion: t.field({ type: enumOf(OPINION), nullable: false, resolve: (r) => r.opinion }),
      amountFen: t.expose('amountFen', { type: 'Fen', description: 'As assessed; null if the review assesses none.' }),
      conditions: t.stringList({
        nullable: false,
        description: '附条件: what a favourable opinion depends on.',
        resolve: (r) => r.conditions.map(maskNumbersIn),
      }),
      reason: t.string({ description: 'What the reviewer wrote.', resolve: (r) => masked(r.reason) }),
    }),
  });
}

export function decisionType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const Cited = builder.objectRef<CitedDiscretion>('CitedDiscretion').implement({
    description: '裁量基准, as the decision cites it.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      circumstance: t.exposeString('circumstance', { nullable: false }),
      standard: t.exposeString('standard', { nullable: false }),
    }),
  });
  const Meeting = builder.objectRef<CitedMeeting>('CitedMeeting').implement({
    description: '会议, as the decision cites it.',
    fields: (t) => ({
      kind: t.field({ type: enumOf(MEETING_KIND), nullable: false, resolve: (m) => m.kind }),
      number: t.exposeString('number', { nullable: false, description: 'Of its minutes.' }),
      day: t.field({ type: 'Date', nullable: false, resolve: (m) => m.day }),
      digest: t.exposeString('digest', { nullable: false, description: 'SHA-256 of the minutes.' }),
    }),
  });
  return builder.objectRef<Decision>('Decision').implement({
    description: '决定',
    fields: (t) => ({
      outcome: t.field({ type: enumOf(OUTCOME), nullable: false, resolve: (d) => d.outcome }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.at }),
      node: t.field({ type: Division, resolve: (d) => d.node }),
      reason: t.exposeString('reason'),
      remedies: t.exposeString('remedies', { description: '救济途径' }),
      inNameOf: t.field({
        type: Division,
        description: "In whose name it goes out: the grantor's where the power was lent.",
        resolve: (d) => d.inNameOf,
      }),
      minutes: t.exposeString('minutes', { description: '会议纪要 that are kept elsewhere: their number or title.' }),
      meeting: t.field({ type: Meeting, description: 'The meeting it rests on.', resolve: (d) => d.meeting }),
      discretion: t.field({ type: Cited, description: '裁量基准 it goes by.', resolve: (d) => d.discretion }),
      department: t.exposeString('department', { description: 'The department whose decision it is.' }),
      grant: t.exposeID('grant', { description: 'The delegation it was decided under.' }),
      deemed: t.exposeBoolean('deemed', {
        nullable: false,
        description: 'Whether the law made it: nothing was decided when the licence to renew expired (Art. 50).',
      }),
      byHearing: t.boolean({
        nullable: false,
        description: "Whether it is made by a hearing's record (Art. 48).",
        resolve: (d) => d.records.length > 0,
      }),
    }),
  });
}

/** Types for the events before a decision. */
export function courseTypes({ builder, enumOf, refs }: RoleBuilder) {
  const { Division } = refs;
  const PrecheckRef = builder.objectRef<Precheck>('Precheck').implement({
    description: '预审: one complete list, before any clock runs.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.at }),
      node: t.field({ type: Division, resolve: (p) => p.node }),
      missing: t.field({ type: [refs.MissingMaterial], nullable: false, resolve: (p) => p.missing }),
      remarks: t.exposeString('remarks'),
    }),
  });
  const ProcedureRef = builder.objectRef<Procedure>('Procedure').implement({
    description: '特别程序, with the time it took.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      kind: t.field({ type: enumOf(SPECIAL_PROCEDURE), nullable: false, resolve: (p) => p.kind }),
      node: t.field({ type: Division, resolve: (p) => p.node }),
      startedAt: t.field({ type: 'DateTime', nullable: false, resolve: (p) => p.startedAt }),
      endedAt: t.field({ type: 'DateTime', resolve: (p) => p.endedAt }),
      stopsClock: t.exposeBoolean('stopsClock', { nullable: false }),
      notice: t.exposeString('notice', { nullable: false, description: 'What the applicant was told in writing.' }),
      expectedDays: t.exposeInt('expectedDays'),
      result: t.exposeString('result'),
      staff: t.stringList({
        nullable: false,
        description: 'Who surveyed the site.',
        resolve: (p) => p.staff.map((s) => s.name),
      }),
    }),
  });
  const RenewalRef = builder.objectRef<Renewal>('Renewal').implement({
    description: '延续 of a licence.',
    fields: (t) => ({
      licence: t.exposeString('licence', { nullable: false }),
      expiresOn: t.field({ type: 'Date', nullable: false, resolve: (r) => r.expiresOn }),
    }),
  });
  const ExtensionRef = builder.objectRef<Extension>('Extension').implement({
    description: "延长期限, once, by the organ's head.",
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (e) => e.at }),
      days: t.exposeInt('days', { nullable: false, description: 'Working days.' }),
      reason: t.exposeString('reason', { nullable: false }),
      by: t.string({ description: 'Who extended it.', resolve: (e) => e.actor.name }),
    }),
  });
  return { PrecheckRef, ProcedureRef, RenewalRef, ExtensionRef };
}

/** Types for the end of a case. */
export function endTypes({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const DocumentRef = builder.objectRef<IssuedView>('IssuedDocument').implement({
    description: '结果文书. Its text is asked for by `resultDocument`.',
    fields: (t) => ({
      number: t.exposeString('number', { nullable: false, description: '文号' }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.at }),
      node: t.field({ type: Division, resolve: (d) => d.node }),
      fileName: t.string({ nullable: false, resolve: (d) => d.document.fileName }),
      sha256: t.string({ nullable: false, resolve: (d) => d.document.sha256 }),
      seal: t.exposeString('seal', { description: "The register's id of the seal set on it." }),
      verificationCode: t.exposeString('verificationCode', {
        nullable: false,
        description:
          '核验码: with the number, what `verifyDocument` takes. Documents issued before there were codes do not show it.',
      }),
    }),
  });
  const DeliveryRef = builder.objectRef<Delivery>('Delivery').implement({
    description: '送达',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.at }),
      node: t.field({ type: Division, resolve: (d) => d.node }),
      way: t.field({ type: enumOf(DELIVERY_WAY), nullable: false, resolve: (d) => d.way }),
    }),
  });
  const RatingRef = builder.objectRef<Rating>('Rating').implement({
    description: '好差评: 5 the best, 1 the worst.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      grade: t.int({ nullable: false, resolve: (r) => r.grade }),
      byApplicant: t.boolean({
        nullable: false,
        description: 'Whether the applicant gave it alone, and not at a desk.',
        resolve: (r) => r.by === 'APPLICANT',
      }),
    }),
  });
  return { DocumentRef, DeliveryRef, RatingRef };
}

export function verifiedType({ builder, enumOf, refs: { Division, ItemStub } }: RoleBuilder) {
  return builder.objectRef<VerifiedDocument>('VerifiedDocument').implement({
    description: '文书核验: what the public is told of an issued document. It names no person.',
    fields: (t) => ({
      number: t.exposeString('number', { nullable: false, description: '文号' }),
      issuedBy: t.field({ type: Division, resolve: (d) => d.issuedBy }),
      inNameOf: t.field({ type: Division, resolve: (d) => d.inNameOf }),
      department: t.exposeString('department'),
      issuedAt: t.field({ type: 'DateTime', nullable: false, resolve: (d) => d.issuedAt }),
      item: t.field({ type: ItemStub, resolve: (d) => ({ code: d.item, via: d.issuedBy }) }),
      outcome: t.field({
        type: enumOf(OUTCOME),
        description: 'Null for a written answer (答复书), which decides nothing.',
        resolve: (d) => d.outcome,
      }),
      sha256: t.exposeString('sha256', {
        nullable: false,
        description: "Of the document's bytes: a file is what was issued if it has the same.",
      }),
      standing: t.field({ type: enumOf(DOCUMENT_STANDING), nullable: false, resolve: (d) => d.standing }),
      endedAt: t.field({
        type: 'DateTime',
        description: 'When it stopped standing; null while it stands.',
        resolve: (d) => d.endedAt,
      }),
      staleSince: t.field({
        type: 'DateTime',
        description: 'Set when the node does not hold the case: when it last heard of it.',
        resolve: (d) => d.staleSince,
      }),
    }),
  });
}
