import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, requiredDivision } from '../../operation/fields.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import { listOf, mutation, query } from '../../operation/operation.ts';
import { ASKED_DIVISION, NAMED_DIVISION } from '../../operation/route.ts';
import { windowCode } from '../offices/operations.ts';
import { QueueBoard, QueueNumberAnswer } from './views.ts';

const article = ARTICLES.queue;
const number = text(20).meta({ description: 'Of today, say A012.' });

/** Of today; names no person. */
export const queueBoard = query('queueBoard', {
  zh: '叫号屏',
  about: 'which number is at which window of a hall, and who waits; for screens and terminals. Needs no login.',
  by: 'PUBLIC',
  article,
  input: { division: requiredDivision },
  route: NAMED_DIVISION,
  answer: QueueBoard,
});

/** @throws {ProblemError} FORBIDDEN */
export const queueNumbers = query('queueNumbers', {
  zh: '排队号',
  about: "a desk's numbers of today as they were taken, for its people and the supervisors over it.",
  by: 'READ_QUEUE',
  article,
  input: { division: askedDivision },
  route: ASKED_DIVISION,
  answer: listOf(QueueNumberAnswer),
});

/**
 * Numbers start at 1 each day.
 * @throws {ProblemError} BAD_INPUT unless it is for items, for a department or with an appointment; ITEM_UNKNOWN,
 *   ITEM_NOT_IN_FORCE; WINDOW_UNAUTHORIZED where no window of today serves it; NOT_FOUND, ILLEGAL_STEP for the appointment
 */
export const takeNumber = mutation('takeNumber', {
  zh: '取号',
  about: 'for items, for a department, or with an appointment, whose booker has arrived with it.',
  by: 'TAKE_NUMBER',
  article,
  input: {
    items: z
      .array(id(50))
      .max(10)
      .nullish()
      .transform((items) => items ?? [])
      .meta({ description: 'Several are served under one number (联合叫号).' }),
    department: optionalText(50),
    appointment: z
      .object({
        number: text(80),
        code: optionalText(20).meta({ description: 'A terminal asks for it; people of the desk need none.' }),
      })
      .nullish()
      .transform((given) => given ?? null)
      .meta({ inputType: 'QueueAppointmentInput' }),
  },
  answer: QueueNumberAnswer,
});

/** @throws {ProblemError} NOT_FOUND when no visitor waits for the window; ILLEGAL_STEP, FORBIDDEN, WRONG_DEPARTMENT, OFFICE_CONFLICT */
export const callNext = mutation('callNext', {
  zh: '叫号',
  about: 'the next number that waits for the window, appointments of this time first.',
  by: 'CALL_NUMBER',
  article,
  input: { window: windowCode },
  answer: QueueNumberAnswer,
});

/** @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP, FORBIDDEN, WRONG_DEPARTMENT, OFFICE_CONFLICT */
export const callAgain = mutation('callAgain', {
  zh: '重呼',
  about: 'a number that the window called, or one that was passed and whose visitor came after all.',
  by: 'CALL_NUMBER',
  article,
  input: { window: windowCode, number },
  answer: QueueNumberAnswer,
});

/** @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP, FORBIDDEN, WRONG_DEPARTMENT */
export const passNumber = mutation('passNumber', {
  zh: '过号',
  about: 'its visitor did not come to the window that called it.',
  by: 'CALL_NUMBER',
  article,
  inputType: 'QueueNumberInput',
  input: { number },
  answer: QueueNumberAnswer,
});

/** @throws {ProblemError} NOT_FOUND, ILLEGAL_STEP, FORBIDDEN, WRONG_DEPARTMENT */
export const finishNumber = mutation('finishNumber', {
  zh: '办毕',
  about: 'at the window that called it; a number for several items goes on to the window of what is left.',
  by: 'CALL_NUMBER',
  article,
  inputType: 'QueueNumberInput',
  input: { number },
  answer: QueueNumberAnswer,
});

export const queue = domain('queue', {
  zh: '排队叫号',
  role: 'offices',
  operations: { queueBoard, queueNumbers, takeNumber, callNext, callAgain, passNumber, finishNumber },
});
