import type { CaseFile } from '../../case/case-file.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { answerCase } from '../../domains/answers/rules.ts';
import { recordProgress, recordResult, reportOutside } from '../../domains/reports/rules.ts';
import { dayOf, plusDays } from '../../kernel/calendar.ts';
import { arrangeMaterials, correctApplication } from '../../domains/filing/corrections.ts';
import { requestPrecheck } from '../../domains/filing/steps.ts';
import { acceptCase, deemAccepted, refuseCase } from '../../domains/handling/acceptance.ts';
import { closeCase, issueDocument } from '../../domains/handling/delivery.ts';
import { terminateCase, voidCase, withdrawCase } from '../../domains/handling/endings.ts';
import { assignCase, forwardCase, returnCase } from '../../domains/handling/hand-off.ts';
import { extendCase } from '../../domains/handling/procedures.ts';
import { material, sha256 } from '../fixtures.ts';

/** A project that cases of journeys can be linked to. */
export const PROJECT = { id: '331022-0198c0de-0000-7000-8000-0000000000aa', key: true, ended: false };
/** Shorter limits of every kind; some are longer than an item's promise, and then change nothing. */
export const SHORTER = {
  greenChannel: { days: 3, unit: 'WORKDAY' },
  urgent: { days: 0.5, unit: 'WORKDAY' },
} as const;

/** Steps that a journey takes with the same input in every case. */
const PLAIN = {
  accept: (desk: Desk, file: CaseFile) => acceptCase(desk, file, null),
  forward: (desk: Desk, file: CaseFile) => forwardCase(desk, file, null),
  return: (desk: Desk, file: CaseFile) => returnCase(desk, file, '退回'),
  deem: (desk: Desk, file: CaseFile) => deemAccepted(desk, file),
  refuse: (desk: Desk, file: CaseFile) => refuseCase(desk, file, '不属本机关职权'),
  withdraw: (desk: Desk, file: CaseFile) => withdrawCase(desk, file, '申请人撤回'),
  issue: (desk: Desk, file: CaseFile) => issueDocument(desk, file, { number: '1', document: material('决定书') }),
  assign: (desk: Desk, file: CaseFile) => assignCase(desk, file, null),
  close: (desk: Desk, file: CaseFile) => closeCase(desk, file, null),
  terminate: (desk: Desk, file: CaseFile) => terminateCase(desk, file, '申请人死亡'),
  void: (desk: Desk, file: CaseFile) => voidCase(desk, file, '录入有误'),
  extend: (desk: Desk, file: CaseFile) => extendCase(desk, file, 10, '案情复杂'),
  arrange: (desk: Desk, file: CaseFile) => arrangeMaterials(desk, file, file.materials.slice(1), null),
  amend: (desk: Desk, file: CaseFile) =>
    correctApplication(desk, file, {
      parts: ['APPLICANT'],
      reason: '电话有误',
      text: '{}',
      application: sha256('corrected'),
      consent: null,
      facts: file.facts,
      form: [],
    }),
  answer: (desk: Desk, file: CaseFile) =>
    answerCase(desk, file, { verdict: 'POSSIBLE', reason: '属允许类', basis: '目录', needs: [], remedies: null }),
  report: (desk: Desk, file: CaseFile) =>
    reportOutside(desk, file, {
      to: '省水利厅',
      number: '1',
      sentOn: dayOf(desk.now),
      way: 'EXCHANGE',
      sent: '申请材料一套',
      dueOn: plusDays(dayOf(desk.now), 20),
    }),
  progress: (desk: Desk, file: CaseFile) => {
    const events = ['RECEIVED', 'SUPPLEMENT_ASKED', 'SUPPLEMENT_SENT'] as const;
    const event = events[file.report?.events.length ?? 0] ?? 'SUPPLEMENT_ASKED';
    return recordProgress(desk, file, { event, on: dayOf(desk.now), number: null, what: '补充论证', dueOn: null });
  },
  outside: (desk: Desk, file: CaseFile) =>
    recordResult(desk, file, {
      result: 'GRANTED',
      number: '浙水许1号',
      on: dayOf(desk.now),
      reason: null,
      document: material('许可文件'),
    }),
  draft: (desk: Desk, file: CaseFile) => requestPrecheck(desk, file, null),
} satisfies Record<string, (desk: Desk, file: CaseFile) => Step | null>;

/** Whether a step has the same input in every case. */
export const isPlain = (what: string): what is keyof typeof PLAIN => Object.hasOwn(PLAIN, what);

/** Takes such a step; null where there is nothing to do. @throws {ProblemError} where it is refused */
export const plainStep = (what: keyof typeof PLAIN, desk: Desk, file: CaseFile): Step | null => PLAIN[what](desk, file);
