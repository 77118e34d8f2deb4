import type {
  AskedOpinion,
  JointHandlingView,
  JointService,
  PartyDesk,
  PartySays,
  PartyStepView,
} from '@liandong/schema/domains/joint';
import {
  answerRequest,
  confirmCorrection as confirmCorrectionStep,
  excuseAttendance,
  excuseFromVisit as excuseFromVisitStep,
  excuseOpinion,
  excuseRequest,
  giveOpinion as giveOpinionStep,
  jointOpen,
  lapseOpinions,
  openJoint,
  recordVisit as recordVisitStep,
  resolveObjection as resolveObjectionStep,
  scheduleVisit as scheduleVisitStep,
  withdrawQuestion as withdrawQuestionStep,
} from '@liandong/schema/domains/joint';
import type { CaseFile, Desk, Step } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import { requireFileReader } from '@liandong/schema/case';
import { signedIn } from '@liandong/schema/operation';
import type { CaseWriter, PostsOf, StepRunner, StoredCase } from '../cases/index.ts';
import { caseElements, findCase, lockCase } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { findLapsed } from './joint-store.ts';
import { requestDesk } from './request-desk.ts';

/** What the clockwork needs of a node. */
interface LapseParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  failures: Failures;
  now: () => Date;
}

export interface JointParts extends LapseParts {
  trust: Trust;
  outbox: Outbox;
  posts: PostsOf;
  runner: StepRunner;
}

/**
 * 联合办理: at the node that decides, departments are asked, answer and meet; at a node whose departments another one
 * asks, they find the question and answer it.
 */
export function jointService(parts: JointParts): JointService {
  const { node, db, divisions, trust, runner } = parts;
  const requests = requestDesk(parts);

  const change = (
    viewer: Viewer | null,
    keyedAs: string,
    input: { id: string; idempotencyKey: string | null },
    step: (desk: Desk, file: CaseFile) => Step,
  ): Promise<JointHandlingView> =>
    runner.run(viewer, { keyedAs, input, take: (_tx, context, file) => step(context, file) }, (_tx, stored) =>
      viewOf(stored),
    );

  const viewOf = ({ file }: StoredCase): JointHandlingView => ({
    id: file.id,
    number: file.number,
    item: file.item,
    joint: file.joint,
    open: jointOpen(file.joint),
    answeredBy: node,
  });

  /** What a party says: into the case where its own node leads it, else signed and sent to the node that does. */
  async function spoken(
    viewer: Viewer | null,
    mutation: string,
    input: { id: string; party: number; idempotencyKey: string | null },
    step: {
      here: (desk: Desk, file: CaseFile) => Step;
      elsewhere: (desk: PartyDesk, asked: AskedOpinion) => PartySays;
    },
  ): Promise<PartyStepView> {
    const far = await requests.ofOtherLead(input.id, input.party);
    const handling = far ? null : await change(viewer, mutation, input, step.here);
    if (far) await requests.say(signedIn(viewer), mutation, input, step.elsewhere);
    return { handling, request: await requests.find(input.id, input.party) };
  }

  const notFound = (id: string) =>
    problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field: 'id' });

  return {
    async ofCase(viewer, id) {
      const person = signedIn(viewer);
      const stored = await findCase(db.queries(node), id);
      if (!stored) throw notFound(id);
      requireFileReader(person, stored.file, divisions);
      return viewOf(stored);
    },

    open: (viewer, input) =>
      change(viewer, 'openJointHandling', input, (desk, file) => {
        const parties = input.parties.map((party) => ({ ...party, node: party.node ?? node }));
        const stranger = parties.findIndex((party) => !trust.knows(party.node));
        if (stranger >= 0) {
          const field = `parties.${stranger}.node`;
          throw problem('BAD_INPUT', `No node ${parties[stranger]?.node ?? ''} can be asked.`, { node, field });
        }
        return openJoint(desk, file, { stage: input.stage, parties });
      }),

    giveOpinion: (viewer, input) =>
      spoken(viewer, 'giveOpinion', input, {
        here: (desk, file) => giveOpinionStep(desk, file, input),
        elsewhere: (desk, asked) => answerRequest(desk, asked, input),
      }),

    excuse: (viewer, input) =>
      spoken(viewer, 'excuseOpinion', input, {
        here: (desk, file) => excuseOpinion(desk, file, input.party, input.reason, input.days),
        elsewhere: (desk, asked) => excuseRequest(desk, asked, input.reason, input.days),
      }),

    excuseFromVisit: (viewer, input) =>
      spoken(viewer, 'excuseFromVisit', input, {
        here: (desk, file) => excuseFromVisitStep(desk, file, input.party, input.reason),
        elsewhere: (desk, asked) => excuseAttendance(desk, asked, input.reason),
      }),

    requests: (viewer, waiting, page) => requests.list(viewer, waiting, page),
    request: (viewer, key) => requests.get(viewer, key),
    material: (viewer, key, sha256) => requests.material(viewer, key, sha256),

    scheduleVisit: (viewer, input) =>
      change(viewer, 'scheduleVisit', input, (desk, file) => {
        const { at, place, parties } = input;
        return scheduleVisitStep(desk, file, { at, place, parties });
      }),

    recordVisit: (viewer, input) =>
      change(viewer, 'recordVisit', input, (desk, file) => {
        const { record, attendance, corrections } = input;
        return recordVisitStep(desk, file, { record, attendance, corrections });
      }),

    confirmCorrection: (viewer, input) =>
      change(viewer, 'confirmCorrection', input, (desk, file) =>
        confirmCorrectionStep(desk, file, input.correction, input.evidence),
      ),

    resolveObjection: (viewer, input) =>
      change(viewer, 'resolveObjection', input, (desk, file) => resolveObjectionStep(desk, file, input)),

    withdrawQuestion: (viewer, input) =>
      change(viewer, 'withdrawQuestion', input, (desk, file) =>
        withdrawQuestionStep(desk, file, input.party, input.reason),
      ),
  };
}

/**
 * Writes into the node's cases what silence past a deadline leads to (超时默许).
 * @returns how many cases got such lines
 */
export async function lapseSilentParties(parts: LapseParts): Promise<number> {
  const { node, db, divisions, calendar, writer, failures, now } = parts;
  let lapsed = 0;
  const due = findLapsed(db.queries(node), now());
  const subjectOf = ({ id }: { id: string }) => ({ node, case: id });
  await failures.each('counting silent departments', due, subjectOf, async ({ id }) => {
    const done = await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      if (!stored) return false;
      const at = now();
      const desk = { node, now: at, divisions, calendar: calendar() };
      const step = lapseOpinions(
        { ...desk, ...(await caseElements(tx, { node, divisions }, stored.file, at)) },
        stored.file,
      );
      if (!step) return false;
      await writer.append(tx, stored, step, at);
      return true;
    });
    if (done) lapsed++;
  });
  return lapsed;
}
