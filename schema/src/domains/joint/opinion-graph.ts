import { ANSWER_STATE, ATTENDANCE, PARTY_OPINION, REQUEST_STATE } from './words.ts';
import type { Material } from '../../case/log-line.ts';
import type { Party } from './rules.ts';
import type { PartyVisit } from './parties.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { OpinionRequestView } from './views.ts';

/** The type of a party to joint handling. */
export type PartyType = ReturnType<ReturnType<typeof partyRef>['implement']>;
type Said = OpinionRequestView['words'][number];

const partyRef = ({ builder }: RoleBuilder) => builder.objectRef<Party>('JointParty');

/** 征求意见, as the asked department sees it. @param PartyRef the type of a party to joint handling */
export function addOpinionRequest({ builder, enumOf, refs }: RoleBuilder, PartyRef: PartyType) {
  const { Division, ItemStub } = refs;
  const MaterialRef = builder.objectRef<Material>('ShownMaterial').implement({
    description: 'A material that is shown with a question.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      fileName: t.exposeString('fileName', { nullable: false }),
      mediaType: t.exposeString('mediaType', { nullable: false }),
      sha256: t.exposeString('sha256', { nullable: false }),
      size: t.exposeInt('size', { nullable: false, description: 'Bytes.' }),
    }),
  });
  const EntryRef = builder.objectRef<OpinionRequestView['form'][number]>('ShownEntry').implement({
    description: 'What the applicant filled in.',
    fields: (t) => ({
      field: t.exposeString('field', { nullable: false }),
      value: t.exposeString('value', { nullable: false }),
    }),
  });
  const VisitRef = builder.objectRef<PartyVisit>('CalledVisit').implement({
    description: '联合踏勘 as one party knows of it.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (v) => v.at }),
      place: t.exposeString('place', { nullable: false }),
      excuse: t.exposeString('excuse', { description: 'Why the party said it cannot come.' }),
      as: t.field({ type: enumOf(ATTENDANCE), description: 'Null until it is recorded.', resolve: (v) => v.as }),
    }),
  });
  const AnswerRef = builder.objectRef<Said>('OpinionAnswer').implement({
    description: 'What this node signed in answer, and what became of it at the lead.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: ({ word }) => new Date(word.at) }),
      by: t.string({ resolve: ({ word }) => ('actor' in word ? word.actor.name : null) }),
      opinion: t.field({
        type: enumOf(PARTY_OPINION),
        description: 'Null for an excuse.',
        resolve: ({ word }) => (word.says === 'OPINION' ? word.opinion : null),
      }),
      reason: t.string({ resolve: ({ word }) => ('reason' in word ? word.reason : null) }),
      state: t.field({ type: enumOf(ANSWER_STATE), nullable: false, resolve: (said) => said.state }),
      refusal: t.string({
        description: 'Code and words of the lead, where it refused.',
        resolve: ({ code, reason }) => (code === null ? null : `${code}: ${reason ?? ''}`),
      }),
    }),
  });
  return builder.objectRef<OpinionRequestView>('OpinionRequest').implement({
    description: '征求意见: a question to a department, as its own node knows it.',
    fields: (t) => ({
      caseId: t.id({ nullable: false, resolve: (r) => r.case }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: ItemStub, resolve: (r) => ({ code: r.item, via: r.answeredBy }) }),
      applicant: t.exposeString('applicant', { description: 'Name; numbers and phones stay where the case is.' }),
      leadNode: t.field({ type: Division, nullable: false, resolve: (r) => r.leadNode }),
      lead: t.exposeString('lead', { nullable: false, description: '牵头部门' }),
      party: t.field({ type: PartyRef, nullable: false, resolve: (r) => r.party }),
      state: t.field({ type: enumOf(REQUEST_STATE), nullable: false, resolve: (r) => r.standing }),
      visit: t.field({ type: VisitRef, resolve: (r) => r.visit }),
      form: t.field({ type: [EntryRef], nullable: false, resolve: (r) => r.form }),
      materials: t.field({ type: [MaterialRef], nullable: false, resolve: (r) => r.materials }),
      removedAt: t.field({
        type: 'DateTime',
        description: '到期删除: when applicant, form and bytes of materials were removed here; the lead keeps them.',
        resolve: (r) => r.removedAt,
      }),
      answers: t.field({ type: [AnswerRef], nullable: false, resolve: (r) => r.words }),
      answeredBy: t.field({ type: Division, resolve: (r) => r.answeredBy }),
    }),
  });
}
