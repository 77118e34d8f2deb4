import type { CaseCopy } from '@liandong/schema/wire';
import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { OpinionNotice, OpinionRequest, Party } from '@liandong/schema/domains/joint';
import { isClosed } from '@liandong/schema/case';
import { jointOpen, partyStandingOf, sameStanding, shownMaterials } from '@liandong/schema/domains/joint';
import type { Application, StoredCase } from '../cases/index.ts';
import { partsOf } from '../materials/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Outgoing } from '../handoff/index.ts';
import { findLogsOf, saveNotice, saveRequest } from './request-store.ts';

/**
 * Tells the parties to joint handling of a case's new lines, in the transaction that wrote them: the question when it
 * is opened, afterwards every change to their standing. Departments of the node itself find it in their list at once;
 * the others get messages.
 * @param before the case ahead of the new lines
 * @returns the messages to other nodes
 */
export async function tellParties(tx: SharedTx, before: CaseFile | null, after: StoredCase): Promise<Outgoing[]> {
  const { joint } = after.file;
  if (!joint) return [];
  if (!before?.joint) return ask(tx, after);
  const opened = openedBy(after);
  const told: Outgoing[] = [];
  for (const [i, party] of joint.parties.entries()) {
    const notice = partyStandingOf(after.file, opened, party);
    const known = before.joint.parties[i];
    if (known && sameStanding(partyStandingOf(before, opened, known), notice)) continue;
    told.push(...(await tell(tx, party, notice)));
  }
  return told;
}

/**
 * Asks the parties again and tells them how all of them stand: after a restore the node does not know which messages
 * arrived. A party that has the question says again since when.
 */
export async function askAgain(tx: SharedTx, stored: StoredCase): Promise<Outgoing[]> {
  const { joint, state } = stored.file;
  if (!joint) return [];
  const opened = openedBy(stored);
  const asked = jointOpen(joint) && !isClosed(state) ? await ask(tx, stored) : [];
  const told: Outgoing[] = [];
  for (const party of joint.parties) told.push(...(await tell(tx, party, partyStandingOf(stored.file, opened, party))));
  return [...asked, ...told];
}

async function ask(tx: SharedTx, stored: StoredCase): Promise<Outgoing[]> {
  const { file } = stored;
  const { joint } = file;
  if (!joint) return [];
  const opened = openedBy(stored);
  const { applicant, form } = subjectOf(stored);
  const asked: Outgoing[] = [];
  for (const party of joint.parties) {
    if (party.node === tx.node) {
      await saveRequest(tx, {
        notice: partyStandingOf(file, opened, party),
        asked: { number: file.number, item: file.item, leadNode: tx.node, lead: joint.lead },
        applicant,
        form,
        materials: file.materials,
        lines: null,
        limit: null,
        word: null,
      });
      continue;
    }
    const at = stored.lines.findIndex(({ line }) => line.action === 'JOINT_OPENED');
    const lines = stored.lines.slice(0, at + 1).map(({ jws }) => jws);
    const body: OpinionRequest = { case: file.id, party: party.number, lines, applicant, form };
    asked.push(...materialsFor(file, party, party.node), {
      receiver: party.node,
      kind: 'OPINION_REQUEST',
      caseId: file.id,
      body,
    });
  }
  return asked;
}

/** The pieces of the materials a party is shown. @param digests only of these, if the party says which it lacks */
export function materialsFor(
  file: CaseFile,
  party: Party,
  receiver: DivisionCode,
  digests: readonly string[] | null = null,
): Outgoing[] {
  const shown = shownMaterials(file, party);
  return partsOf(digests === null ? shown : shown.filter((m) => digests.includes(m.sha256)), receiver, file.id);
}

async function tell(tx: SharedTx, party: Party, notice: OpinionNotice): Promise<Outgoing[]> {
  if (party.node === tx.node) {
    await saveNotice(tx, notice);
    return [];
  }
  return [{ receiver: party.node, kind: 'OPINION_NOTICE', caseId: notice.case, body: notice }];
}

/** SHA-256 of the signed line that opened joint handling. */
export function openedBy({ lines, id }: StoredCase): string {
  const line = lines.find((l) => l.line.action === 'JOINT_OPENED');
  if (!line) throw new Error(`joint handling of ${id} was never opened`);
  return line.hash;
}

/** The applicant and the form; numbers and phones stay at the desks that handle the case. */
function subjectOf({ application }: StoredCase): Pick<OpinionRequest, 'applicant' | 'form'> {
  if (application === null) return { applicant: null, form: [] };
  const { applicant, form = [] } = JSON.parse(application) as Application;
  return { applicant: applicant.name, form };
}

/**
 * The logs that came here with a node's questions, for when its database was restored. The node has the bytes of the
 * materials itself.
 */
export async function requestLogs(tx: SharedTx, lead: DivisionCode): Promise<CaseCopy[]> {
  const logs = await findLogsOf(tx, lead);
  return logs.map(({ caseId, lines }) => ({ case: caseId, application: null, materials: [], lines }));
}
