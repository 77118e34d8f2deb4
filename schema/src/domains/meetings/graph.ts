import type { ObjectRef } from '@pothos/core';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { SchemaTypes } from '../../graph/pothos.ts';
import { maskNumbersIn } from '../../kernel/identity-numbers.ts';
import type { Handler } from '../caseload/rules.ts';
import type { Minutes, Seat } from './meeting.ts';
import type { AgendaItemView, CaseMeetingView, DeferredItemView, MeetingTaskView, MeetingView } from './views.ts';
import { MEETING_KIND, MEETING_OUTCOME, MEETING_STATE, PRESENCE } from './words.ts';

type PersonRef = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, Handler>;

/** Types of meetings. @param Person a person of a desk */
export function meetingRefs(role: RoleBuilder, Person: PersonRef) {
  const { builder, enumOf, refs } = role;
  const MeetingTask = taskRef(role, Person);
  const { SeatRef, ItemRef, MinutesRef } = partRefs(role, Person);
  const Meeting = builder.objectRef<MeetingView>('Meeting').implement({
    description: '会议 of a desk.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      division: t.field({ type: refs.Division, resolve: (m) => m.division }),
      kind: t.field({ type: enumOf(MEETING_KIND), nullable: false, resolve: (m) => m.kind }),
      state: t.field({ type: enumOf(MEETING_STATE), nullable: false, resolve: (m) => m.state }),
      department: t.exposeString('department', { description: 'Null for a meeting of the whole desk.' }),
      day: t.field({ type: 'Date', nullable: false, resolve: (m) => m.day }),
      begins: t.exposeString('begins', { nullable: false, description: 'HH:MM in Asia/Shanghai.' }),
      place: t.exposeString('place', { nullable: false }),
      seats: t.field({
        type: [SeatRef],
        nullable: false,
        description: 'Who is invited; the first is the chair (主持人).',
        resolve: (m) => [...m.seats],
      }),
      agenda: t.field({ type: [ItemRef], nullable: false, resolve: (m) => m.agenda }),
      tasks: t.field({ type: [MeetingTask], nullable: false, resolve: (m) => m.tasks }),
      plannedBy: t.field({ type: Person, nullable: false, resolve: (m) => m.plannedBy }),
      plannedAt: t.field({ type: 'DateTime', nullable: false, resolve: (m) => m.plannedAt }),
      minutes: t.field({ type: MinutesRef, description: 'Null until it is closed.', resolve: (m) => m.minutes }),
      cancelledAt: t.field({ type: 'DateTime', resolve: (m) => m.cancelled?.at ?? null }),
      cancelReason: t.string({ resolve: (m) => m.cancelled && maskNumbersIn(m.cancelled.reason) }),
    }),
  });
  return { Meeting, MeetingTask, DeferredItem: deferredRef(role) };
}

/** A meeting in a case's own field. */
export function caseMeetingRef({ builder, enumOf }: RoleBuilder) {
  return builder.objectRef<CaseMeetingView>('CaseMeeting').implement({
    description: 'A meeting whose agenda the case stands on.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      kind: t.field({ type: enumOf(MEETING_KIND), nullable: false, resolve: (m) => m.kind }),
      day: t.field({ type: 'Date', nullable: false, resolve: (m) => m.day }),
      state: t.field({ type: enumOf(MEETING_STATE), nullable: false, resolve: (m) => m.state }),
      number: t.exposeString('number', { description: 'Of its minutes; null until it is closed.' }),
      outcome: t.field({
        type: enumOf(MEETING_OUTCOME),
        description: 'Null until it is recorded.',
        resolve: (m) => m.outcome,
      }),
    }),
  });
}

function partRefs({ builder, enumOf, refs }: RoleBuilder, Person: PersonRef) {
  const SeatRef = builder.objectRef<Seat>('MeetingSeat').implement({
    description: 'One who is invited.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      person: t.field({ type: Person, description: 'Null for a department.', resolve: (s) => s.person }),
      department: t.exposeString('department', { description: 'Null for a person.' }),
      presence: t.field({
        type: enumOf(PRESENCE),
        description: 'Null until attendance is recorded.',
        resolve: (s) => s.presence,
      }),
      by: t.exposeString('by', { description: "Who came for the department, or in the person's place." }),
    }),
  });
  const ItemRef = builder.objectRef<AgendaItemView>('AgendaItem').implement({
    description: '议题: a case on the agenda.',
    fields: (t) => ({
      number: t.exposeInt('number', { nullable: false }),
      caseId: t.exposeID('caseId', { nullable: false }),
      caseNumber: t.exposeString('caseNumber', { nullable: false }),
      item: t.field({ type: refs.ItemStub, resolve: ({ item, division }) => ({ code: item, via: division }) }),
      question: t.string({ nullable: false, resolve: (i) => maskNumbersIn(i.question) }),
      outcome: t.field({
        type: enumOf(MEETING_OUTCOME),
        description: 'Null until it is recorded.',
        resolve: (i) => i.result?.outcome ?? null,
      }),
      reason: t.string({ resolve: (i) => (i.result?.reason ? maskNumbersIn(i.result.reason) : null) }),
      conditions: t.stringList({
        nullable: false,
        description: '附条件',
        resolve: (i) => (i.result?.conditions ?? []).map(maskNumbersIn),
      }),
    }),
  });
  const MinutesRef = builder.objectRef<Minutes>('Minutes').implement({
    description: '会议纪要, fixed when the meeting was closed.',
    fields: (t) => ({
      number: t.exposeString('number', { nullable: false, description: 'In the series of the desk and the year.' }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (m) => m.at }),
      by: t.exposeString('by', { nullable: false, description: 'Who closed the meeting.' }),
      digest: t.exposeString('digest', { nullable: false, description: 'SHA-256 of `text` in UTF-8.' }),
      text: t.exposeString('text', { nullable: false, description: 'Markdown.' }),
    }),
  });
  return { SeatRef, ItemRef, MinutesRef };
}

function taskRef({ builder, refs }: RoleBuilder, Person: PersonRef) {
  return builder.objectRef<MeetingTaskView>('MeetingTask').implement({
    description: '会议任务',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      meeting: t.exposeID('meeting', { nullable: false }),
      division: t.field({ type: refs.Division, resolve: (k) => k.division }),
      text: t.string({ nullable: false, resolve: (k) => maskNumbersIn(k.text) }),
      person: t.field({ type: Person, description: 'Null where a department has it.', resolve: (k) => k.person }),
      department: t.exposeString('department', { description: 'Null where a person has it.' }),
      due: t.field({ type: 'Date', nullable: false, resolve: (k) => k.due }),
      overdue: t.exposeBoolean('overdue', { nullable: false, description: 'Not done, and its day has passed.' }),
      givenAt: t.field({ type: 'DateTime', nullable: false, resolve: (k) => k.givenAt }),
      givenBy: t.exposeString('givenBy', { nullable: false }),
      doneAt: t.field({ type: 'DateTime', resolve: (k) => k.done?.at ?? null }),
      doneBy: t.string({ resolve: (k) => k.done?.by ?? null }),
      result: t.string({ resolve: (k) => (k.done?.result ? maskNumbersIn(k.done.result) : null) }),
    }),
  });
}

function deferredRef({ builder, refs }: RoleBuilder) {
  return builder.objectRef<DeferredItemView>('DeferredItem').implement({
    description: '缓议: a case that a meeting put off and that stands on no later agenda.',
    fields: (t) => ({
      meeting: t.exposeID('meeting', { nullable: false, description: 'The one that put it off.' }),
      minutes: t.exposeString('minutes', { nullable: false, description: 'Number of its minutes.' }),
      day: t.field({ type: 'Date', nullable: false, resolve: (d) => d.day }),
      caseId: t.exposeID('caseId', { nullable: false }),
      caseNumber: t.exposeString('caseNumber', { nullable: false }),
      item: t.field({ type: refs.ItemStub, resolve: ({ item, division }) => ({ code: item, via: division }) }),
      question: t.string({ nullable: false, resolve: (d) => maskNumbersIn(d.question) }),
      reason: t.string({ resolve: (d) => (d.result?.reason ? maskNumbersIn(d.result.reason) : null) }),
    }),
  });
}
