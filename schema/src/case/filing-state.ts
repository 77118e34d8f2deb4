import { problem } from '../kernel/errors.ts';
import type { FiledData, LogLine } from './log-line.ts';
import { NO_GRANTS } from './log-line.ts';
import type { CaseFile } from './case-file.ts';
import { outstanding } from './case-file.ts';
import type { LogAction } from './log-words.ts';
import { dayOf } from '../kernel/calendar.ts';
import { NO_FACTS } from '../domains/delegation/rules.ts';
import { urgencyByItem } from '../domains/expedited/rules.ts';
import { proxyOf } from '../domains/proxy/rules.ts';

/** Lines of the application: its papers, and the organs that accept and decide it. */
export const FILING_ACTIONS = [
  'PRECHECKED',
  'FILED',
  'SUPPLEMENT_REQUESTED',
  'SUPPLEMENTED',
  'MATERIALS_ARRANGED',
  'APPLICATION_CORRECTED',
  'REROUTED',
] as const satisfies LogAction[];
type FilingLine = Extract<LogLine, { action: (typeof FILING_ACTIONS)[number] }>;
type LineOf<A extends FilingLine['action']> = Extract<FilingLine, { action: A }>;

/**
 * The change one of these lines makes.
 * @param file the case before the line
 * @returns null if the log does not allow it
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function afterFilingLine(file: CaseFile, line: FilingLine, at: Date): Partial<CaseFile> | null {
  const { node, actor } = line;
  switch (line.action) {
    case 'PRECHECKED':
      return { state: 'PRECHECKED', precheck: { at, node, actor, ...line.data } };
    case 'FILED':
      // the same application under the same number; only the additions are new
      if (line.data.number !== file.number || line.data.item !== file.item) return null;
      return {
        ...filingOf(line, line.data, at, file),
        filed: true,
        state: 'FILED',
        materials: [...file.materials, ...line.data.materials],
      };
    case 'SUPPLEMENT_REQUESTED': {
      if (file.supplement) return null;
      const materialsBefore = file.materials.length;
      const supplement = { at, node, missing: line.data.missing, materialsBefore, suppliedAt: null };
      const renewal = file.renewal && { ...file.renewal, completeAt: null };
      return { state: 'AWAITING_SUPPLEMENT', supplement, renewal };
    }
    case 'SUPPLEMENTED':
      return supplemented(file, line, at);
    case 'MATERIALS_ARRANGED':
      return isBeforeGoingUp(file) ? { materials: line.data.materials } : null;
    case 'APPLICATION_CORRECTED':
      return corrected(file, line);
    case 'REROUTED':
      return rerouted(file, line);
    default:
      return line satisfies never;
  }
}

const filerOf = ({ node, actor: { sub, name } }: LogLine) => ({ node, sub, name });

/**
 * The parts of a case that its application states.
 * @param before the draft that is filed; null if the line opens the case
 * @throws {ProblemError} ILLEGAL_STEP
 */
export function filingOf(line: LogLine, data: FiledData, at: Date, before: CaseFile | null) {
  const { power = data.decider, through = NO_GRANTS } = data;
  const receivedAt = receivedAtOf(line, data, at, before);
  if (!isSoundWay({ ...data, power, through })) {
    throw problem('ILLEGAL_STEP', `${data.decider} neither holds the power over ${line.case} nor a grant of it.`);
  }
  return {
    number: data.number,
    item: data.item,
    itemVersion: data.itemVersion,
    itemKind: data.itemKind,
    filedAt: receivedAt,
    late: data.late ? { enteredAt: at, device: data.late.device } : null,
    filedBy: line.actor,
    place: data.place,
    acceptor: data.acceptor,
    decider: data.decider,
    power,
    through,
    facts: data.facts ?? NO_FACTS,
    appliedFen: data.facts?.amountFen ?? null,
    bundle: data.bundle ?? null,
    renewal: data.renewal ? { ...data.renewal, completeAt: receivedAt } : null,
    application: data.application,
    proxied: data.consent !== null,
    proxy: proxyOf(data.consent, before?.proxy ?? null, filerOf(line)),
    project: data.project ?? before?.project ?? null,
    answerLimit: data.answered?.limit ?? null,
    urgency: data.urgent ? urgencyByItem(data.urgent.limit, line.actor, receivedAt) : null,
    materialsInAt: receivedAt,
    acceptorHadMaterials: line.node === data.acceptor,
  };
}

/**
 * When the desk received an application (行政许可法 Art. 32): limits that start at receipt run from then. A late filing
 * (补录) states it; it is not after the line itself, and its number is of that day.
 * @throws {ProblemError} ILLEGAL_STEP
 */
function receivedAtOf(line: LogLine, { late, number }: FiledData, at: Date, before: CaseFile | null): Date {
  if (!late) return at;
  const receivedAt = new Date(late.receivedAt);
  const [, day] = number.split('-');
  const isSound = before === null && line.action === 'FILED' && receivedAt <= at;
  if (isSound && day === dayOf(receivedAt).replaceAll('-', '')) return receivedAt;
  throw problem('ILLEGAL_STEP', `${line.case} can't have been received at ${late.receivedAt} under number ${number}.`);
}

/** Whether only the desk that took the case in has had it: no organ has judged its papers yet. */
export function isBeforeGoingUp(file: CaseFile): boolean {
  return file.spans.length === 1 && file.supplement === null;
}

function corrected(file: CaseFile, { data, node, actor }: LineOf<'APPLICATION_CORRECTED'>): Partial<CaseFile> {
  const { application, consent, facts } = data;
  return {
    application,
    facts,
    appliedFen: facts.amountFen,
    proxied: file.proxied || consent !== null,
    proxy: proxyOf(consent, file.proxy, { node, sub: actor.sub, name: actor.name }),
  };
}

function supplemented(file: CaseFile, line: LineOf<'SUPPLEMENTED'>, at: Date): Partial<CaseFile> {
  const materials = [...file.materials, ...line.data.materials];
  if (!file.supplement || outstanding({ ...file, materials }).length > 0) return { materials };
  return {
    materials,
    state: 'FILED',
    materialsInAt: at,
    renewal: file.renewal && { ...file.renewal, completeAt: at },
    acceptorHadMaterials: line.node === file.acceptor,
    supplement: { ...file.supplement, suppliedAt: at },
  };
}

function rerouted(file: CaseFile, line: LineOf<'REROUTED'>): Partial<CaseFile> | null {
  const { acceptor, decider, through } = line.data;
  const stoodOnGrants = Object.values(file.through).some((use) => use !== null);
  // an acceptance stays valid; without a grant the decider is the organ the item names
  const sound =
    stoodOnGrants &&
    (file.acceptance === null || acceptor === file.acceptor) &&
    isSoundWay({ acceptor, decider, power: file.power, through });
  if (!sound) return null;
  const acceptorHadMaterials = file.acceptorHadMaterials || acceptor === file.custodian;
  return { acceptor, decider, through, acceptorHadMaterials };
}

/**
 * Whether acceptor and decider hold the power, or a grant of the organ that holds it; never a grant of a grant (Art.
 * 24).
 */
function isSoundWay(way: Pick<CaseFile, 'acceptor' | 'decider' | 'power' | 'through'>): boolean {
  const { acceptor, decider, power, through } = way;
  const uses = Object.values(through).filter((use) => use !== null);
  return (
    uses.every((use) => use.grantor === power && use.grantee !== power) &&
    decider === (through.decide?.grantee ?? power) &&
    (through.accept === null || through.accept.grantee === acceptor)
  );
}
