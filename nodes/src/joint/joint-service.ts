import type {
  CaseFile,
  Desk,
  DivisionCode,
  Divisions,
  JointHandlingView,
  JointService,
  OfficialCalendar,
  Offices,
  Step,
  Viewer,
} from '@liandong/schema';
import { caseSteps, jointOpen, nextLapseAt, problem, readersOf, requireCaseReader, signedIn } from '@liandong/schema';
import type { CaseWriter, StoredCase } from '../cases/index.ts';
import { caseElements, findCases, lockCase, once } from '../cases/index.ts';
import type { HostDb, NodeQueries } from '../db/index.ts';
import { dropEnded, findLapsed, saveDeadline } from './joint-store.ts';

export interface JointParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  offices: (queries: NodeQueries) => Promise<Offices>;
  now: () => Date;
}

/** 联合办理 at the node that decides: its own departments are asked, answer and meet here. */
export function jointService({ node, db, divisions, calendar, writer, offices, now }: JointParts): JointService {
  /** One step in one transaction: the case is locked, the rule decides, the next lapse is kept with the lines. */
  async function change(
    viewer: Viewer | null,
    mutation: string,
    input: { id: string; idempotencyKey: string | null },
    step: (desk: Desk, file: CaseFile) => Step,
  ): Promise<JointHandlingView> {
    const person = signedIn(viewer);
    const { id } = input;
    return db.transact(node, async (tx) => {
      await once(tx, person, input.idempotencyKey, { mutation, input }, async () => {
        const stored = await lockCase(tx, id);
        if (!stored) throw notFound(id);
        requireCaseReader(person, readersOf(stored.file), divisions);
        const at = now();
        const house = { node, viewer: person, now: at, divisions, calendar: calendar(), offices: await offices(tx) };
        const desk = { ...house, ...(await caseElements(tx, { node, divisions }, stored.file, at)) };
        const after = await writer.append(tx, stored, step(desk, stored.file), at);
        await saveDeadline(tx, id, nextLapseAt(after.file.joint));
        return true;
      });
      const [stored] = await findCases(tx, [id]);
      if (!stored) throw notFound(id);
      return viewOf(stored);
    });
  }

  const viewOf = ({ file }: StoredCase): JointHandlingView => ({
    id: file.id,
    number: file.number,
    item: file.item,
    joint: file.joint,
    open: jointOpen(file.joint),
    answeredBy: node,
  });

  const notFound = (id: string) =>
    problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field: 'id' });

  return {
    async ofCase(viewer, id) {
      const person = signedIn(viewer);
      const [stored] = await findCases(db.queries(node), [id]);
      if (!stored) throw notFound(id);
      requireCaseReader(person, readersOf(stored.file), divisions);
      return viewOf(stored);
    },

    open: (viewer, input) =>
      change(viewer, 'openJointHandling', input, (desk, file) => {
        const parties = input.parties.map((party) => ({ ...party, node: party.node ?? node }));
        // nobody is late who was never asked: a question to another node would not reach it
        const far = parties.findIndex((party) => party.node !== node);
        if (far >= 0) {
          const message = `Only departments of ${node} can be asked in joint handling.`;
          throw problem('BAD_INPUT', message, { node, field: `parties.${far}.node` });
        }
        return caseSteps.openJoint(desk, file, { stage: input.stage, parties });
      }),

    giveOpinion: (viewer, input) =>
      change(viewer, 'giveOpinion', input, (desk, file) => caseSteps.giveOpinion(desk, file, input)),

    excuse: (viewer, input) =>
      change(viewer, 'excuseOpinion', input, (desk, file) =>
        caseSteps.excuseOpinion(desk, file, input.party, input.reason, input.days),
      ),

    scheduleVisit: (viewer, input) =>
      change(viewer, 'scheduleVisit', input, (desk, file) => {
        const { at, place, parties } = input;
        return caseSteps.scheduleVisit(desk, file, { at, place, parties });
      }),

    recordVisit: (viewer, input) =>
      change(viewer, 'recordVisit', input, (desk, file) => {
        const { record, attendance, corrections } = input;
        return caseSteps.recordVisit(desk, file, { record, attendance, corrections });
      }),

    confirmCorrection: (viewer, input) =>
      change(viewer, 'confirmCorrection', input, (desk, file) =>
        caseSteps.confirmCorrection(desk, file, input.correction, input.evidence),
      ),

    resolveObjection: (viewer, input) =>
      change(viewer, 'resolveObjection', input, (desk, file) => caseSteps.resolveObjection(desk, file, input)),
  };
}

/**
 * Writes into the node's cases what silence past a deadline leads to (超时默许).
 * @returns how many cases got such lines
 */
export async function lapseSilentParties({ node, db, divisions, calendar, writer, now }: JointParts): Promise<number> {
  const due = await findLapsed(db.queries(node), now());
  let lapsed = 0;
  for (const id of due) {
    await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, id);
      if (!stored) return;
      const at = now();
      const desk = { node, now: at, divisions, calendar: calendar() };
      const step = caseSteps.lapseOpinions(
        { ...desk, ...(await caseElements(tx, { node, divisions }, stored.file, at)) },
        stored.file,
      );
      const after = step ? await writer.append(tx, stored, step, at) : stored;
      await saveDeadline(tx, id, nextLapseAt(after.file.joint));
      if (step) lapsed++;
    });
  }
  await dropEnded(db.queries(node), now());
  return lapsed;
}
