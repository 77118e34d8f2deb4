import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, word, wordOf } from '../../operation/fields.ts';
import { dayInput, optionalDay, optionalText, text, timeInput } from '../../operation/input-parts.ts';
import { listOf, mutation, pageOf, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { person } from '../caseload/inputs.ts';
import { DeferredItem, MeetingAnswer, MeetingTaskAnswer } from './views.ts';
import { MEETING_KIND, MEETING_OUTCOME, MEETING_OUTCOMES, MEETING_STATE, PRESENCE, PRESENCES } from './words.ts';

const article = ARTICLES.meetings;
const meetingId = z.uuid().meta({ scalar: 'ID' });
const agendaItem = z.int().min(1).meta({ description: 'Its number on the agenda.' });
const colleague = person.extend({ name: text(100) }).meta({ inputType: 'HandlerInput' });
const WITHOUT_NUMBERS = 'Without identity, phone or account numbers.';

/** The latest day first. @throws {ProblemError} FORBIDDEN, BAD_INPUT */
export const listMeetings = query('meetings', {
  zh: '会议',
  about: "a desk's meetings by day, the latest first: those of the viewer's department and those it is invited to.",
  by: 'READ_MEETINGS',
  article,
  input: {
    division: askedDivision,
    from: optionalDay,
    until: optionalDay,
    state: wordOf(MEETING_STATE)
      .nullish()
      .transform((v) => v ?? null),
  },
  route: ASKED_DIVISION,
  answer: pageOf(MeetingAnswer),
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT */
export const meeting = query('meeting', {
  zh: '会议详情',
  about: 'a meeting with its agenda, attendance, outcomes, tasks and minutes.',
  by: 'READ_MEETINGS',
  article,
  input: { id: meetingId, division: askedDivision },
  route: ASKED_DIVISION,
  answer: MeetingAnswer,
});

/** At most 500. @throws {ProblemError} FORBIDDEN */
export const meetingTasks = query('meetingTasks', {
  zh: '会议任务',
  about: 'tasks of meetings that are not done, overdue ones first, then by their day.',
  by: 'READ_MEETINGS',
  article,
  input: { division: askedDivision },
  route: ASKED_DIVISION,
  answer: listOf(MeetingTaskAnswer),
});

/** At most 500. @throws {ProblemError} FORBIDDEN */
export const deferredItems = query('deferredItems', {
  zh: '缓议事项',
  about: 'cases that a meeting put off and that stand on no later agenda, the longest waiting first.',
  by: 'READ_MEETINGS',
  article,
  input: { division: askedDivision },
  route: ASKED_DIVISION,
  answer: listOf(DeferredItem),
});

/** @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, BAD_INPUT */
export const planMeeting = mutation('planMeeting', {
  zh: '安排会议',
  about: 'of a department or the whole desk; those who are invited hear of it.',
  by: 'HOLD_MEETING',
  article,
  input: {
    kind: wordOf(MEETING_KIND),
    department: optionalText(50).meta({
      description: "The viewer's own when left out; window heads meet for the whole desk.",
    }),
    day: dayInput,
    begins: timeInput,
    place: text(100),
    chair: colleague,
    people: z
      .array(colleague)
      .max(100)
      .nullish()
      .transform((v) => v ?? []),
    departments: z
      .array(text(50))
      .max(100)
      .nullish()
      .transform((v) => v ?? []),
  },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP, BAD_INPUT */
export const putOnAgenda = mutation('putOnAgenda', {
  zh: '列入议题',
  about: 'a case that the desk holds, or that it is a joint party of, with the question to answer.',
  by: 'RECORD_MEETING',
  article,
  input: {
    meeting: meetingId,
    case: id(),
    question: optionalText(500).meta({
      description: `${WITHOUT_NUMBERS} Left out for a case that was put off: the question it had.`,
    }),
  },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP */
export const takeOffAgenda = mutation('takeOffAgenda', {
  zh: '撤下议题',
  by: 'RECORD_MEETING',
  article,
  input: { meeting: meetingId, agendaItem },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP, BAD_INPUT */
export const recordAttendance = mutation('recordAttendance', {
  zh: '会议签到',
  about: 'who came, who is excused, and who sat in whose place; seat 1 is the chair.',
  by: 'RECORD_MEETING',
  article,
  input: {
    meeting: meetingId,
    attendance: z
      .array(
        z
          .object({
            seat: z.int().min(1),
            presence: word(PRESENCE, PRESENCES),
            by: optionalText(100).meta({ description: "Who came for a department, or in a person's place." }),
          })
          .meta({ inputType: 'AttendanceInput' }),
      )
      .min(1)
      .max(100),
  },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP, REASON_MISSING, BAD_INPUT */
export const recordOutcome = mutation('recordOutcome', {
  zh: '记录议定结果',
  about: 'what the meeting found on a case; one that is put off can be put on a later agenda.',
  by: 'RECORD_MEETING',
  article,
  input: {
    meeting: meetingId,
    agendaItem,
    outcome: word(MEETING_OUTCOME, MEETING_OUTCOMES),
    reason: optionalText(1000).meta({ description: `Needed to refuse or to put off. ${WITHOUT_NUMBERS}` }),
    conditions: z
      .array(text(500))
      .max(20)
      .nullish()
      .transform((v) => v ?? [])
      .meta({ description: '附条件: what the agreement depends on, one by one.' }),
  },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP, BAD_INPUT */
export const giveTask = mutation('giveTask', {
  zh: '交办会议任务',
  about: 'to a person or a department, until a day; they hear of it, and again before it is due.',
  by: 'RECORD_MEETING',
  article,
  input: {
    meeting: meetingId,
    text: text(500).meta({ description: WITHOUT_NUMBERS }),
    person: colleague.nullish().transform((v) => v ?? null),
    department: optionalText(50),
    due: dayInput,
  },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP, BAD_INPUT */
export const finishTask = mutation('finishTask', {
  zh: '完成会议任务',
  about: 'by who has it or a person of the meeting, also after the meeting was closed.',
  by: 'RECORD_MEETING',
  article,
  input: { task: meetingId, result: optionalText(500).meta({ description: WITHOUT_NUMBERS }) },
  answer: MeetingTaskAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP, MEETING_INCOMPLETE */
export const closeMeeting = mutation('closeMeeting', {
  zh: '会议纪要定稿',
  about: "fixes the minutes under a number of the desk's own; nothing of the meeting changes afterwards.",
  by: 'HOLD_MEETING',
  article,
  input: { meeting: meetingId },
  answer: MeetingAnswer,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT, ILLEGAL_STEP, BAD_INPUT */
export const cancelMeeting = mutation('cancelMeeting', {
  zh: '取消会议',
  about: 'one that is not closed; those who are invited hear of it.',
  by: 'HOLD_MEETING',
  article,
  input: { meeting: meetingId, reason: text(500).meta({ description: WITHOUT_NUMBERS }) },
  answer: MeetingAnswer,
});

export const meetings = domain('meetings', {
  zh: '会议',
  role: 'handling',
  operations: {
    meetings: listMeetings,
    meeting,
    meetingTasks,
    deferredItems,
    planMeeting,
    putOnAgenda,
    takeOffAgenda,
    recordAttendance,
    recordOutcome,
    giveTask,
    finishTask,
    closeMeeting,
    cancelMeeting,
  },
});
