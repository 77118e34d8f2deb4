import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Problem } from '../../kernel/errors.ts';
import { problem } from '../../kernel/errors.ts';
import type {
  BundleMembership,
  FiledData,
  LogActor,
  Material,
  MissingMaterial,
  RenewalData,
} from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { missingMaterials } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { requireInForce } from '../catalogue/catalogue.ts';
import { requireIntake, route } from '../../case/competence.ts';
import type { CaseFacts } from '../delegation/rules.ts';
import { NO_FACTS } from '../delegation/rules.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import type { ProjectStanding } from '../projects/rules.ts';
import { requireOpenProject } from '../projects/rules.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import { formFaults } from '../catalogue/forms.ts';
import { requireRenewable } from './renewals.ts';
import {
  actAs,
  atOwnCase,
  handOff,
  isProxyOffice,
  oneLine,
  refuseAll,
  requireFollows,
  requireOffice,
  unrelatedMaterials,
} from '../../case/step-rules.ts';

/** An application as the rules see it: without personal data. */
export interface Filing {
  number: string;
  place: DivisionCode;
  application: string;
  consent: NonNullable<FiledData['consent']> | null;
  materials: Material[];
  facts?: CaseFacts;
  /** The entries of the item's form. Only the rules see them, the log does not. */
  form?: readonly FormEntry[];
  bundle?: BundleMembership;
  /** The project it is filed for, as this node was told of it; `standing` is null where the node knows none. */
  project?: { id: string; standing: ProjectStanding | null };
  /** The licence that is to be renewed. */
  renewal?: RenewalData;
  /** 补录: the device it was taken in with; the context's time is when the desk received it. */
  late?: { device: string };
}

/**
 * Takes an application in (收件).
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, ITEM_NOT_IN_FORCE, COMPETENCE_UNRESOLVED, NOT_COMPETENT,
 * CONSENT_MISSING, MATERIAL_UNRELATED, FORM_INVALID, NOT_FOUND or PROJECT_ENDED of its project: all that apply to the input
 * at once; RENEWAL_TOO_LATE
 */
export function fileCase(desk: Desk, filing: Filing): Step {
  const actor = actAs(desk, 'FILE_CASE', { item: desk.item.code, number: null });
  return oneLine({ action: 'FILED', actor, note: null, data: filingData(desk, actor, filing) });
}

/**
 * Draws an application up for a pre-check (预审): everything a filing has, but no clock runs and nothing is counted.
 * @throws {ProblemError} as {@link fileCase}
 */
export function draftCase(desk: Desk, filing: Filing): Step {
  const actor = actAs(desk, 'FILE_CASE', { item: desk.item.code, number: null });
  return oneLine({ action: 'DRAFTED', actor, note: null, data: filingData(desk, actor, filing) });
}

/**
 * Sends a draft to the deciding desk for its pre-check; where that is the desk itself it rests there.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT
 */
export function requestPrecheck(desk: Desk, file: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, file, 'FORWARD_CASE');
  if (file.state !== 'DRAFT') requireFollows(file, 'PRECHECKED');
  if (desk.node === file.decider) {
    throw problem('NOT_COMPETENT', `${desk.node} decides the case itself; there is nowhere to send the draft.`);
  }
  return handOff({ action: 'FORWARDED', actor, note }, file.decider, file);
}

/**
 * Checks a draft (预审) and returns it to the desk that made it, with one complete list of missing materials, which may
 * be empty.
 * @throws {ProblemError} NOT_COMPETENT, SUPPLEMENT_INCOMPLETE, MATERIAL_UNRELATED
 */
export function precheckCase(desk: Desk, file: CaseFile, missing: MissingMaterial[], remarks: string | null): Step {
  const actor = atPrecheck(desk, file);
  requireAllNamed(desk, file, missing);
  const line = { action: 'PRECHECKED', actor, note: remarks, data: { missing, remarks } } as const;
  if (desk.node === file.home) return oneLine(line);
  const back = handOff({ action: 'RETURNED', actor, note: '预审完毕' }, file.home, file);
  return { lines: [line, ...back.lines], handOff: back.handOff };
}

/** The person who pre-checks the draft, with any result. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function atPrecheck(desk: Desk, file: CaseFile): LogActor {
  const actor = atOwnCase(desk, file, 'PRECHECK_CASE');
  requireFollows(file, 'PRECHECKED');
  if (desk.node !== file.decider) throw notCompetent(desk.node, file);
  return actor;
}

/**
 * Files a draft unchanged, with the additions the pre-check asked for; nothing is typed again. Competence and item are
 * those of the filing day.
 * @param filing the draft's content; its materials are added to the draft's
 * @throws {ProblemError} as {@link fileCase}; ILLEGAL_STEP if it is not a draft any more
 */
export function fileDraft(desk: Desk, file: CaseFile, filing: Filing): Step {
  const actor = mayFileDraft(desk, file);
  return oneLine({ action: 'FILED', actor, note: null, data: filingData(desk, actor, filing) });
}

/**
 * The person who files the draft, with any additions. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT,
 * ITEM_NOT_IN_FORCE
 */
export function mayFileDraft(desk: Desk, file: CaseFile): LogActor {
  const actor = atOwnCase(desk, file, 'FILE_CASE');
  requireFollows(file, 'FILED');
  if (desk.node !== file.home) {
    throw problem('NOT_COMPETENT', `${file.home} drew the draft up and files it, not ${desk.node}.`);
  }
  requireInForce(desk.item, dayOf(desk.now));
  return actor;
}

function filingData(desk: Desk, actor: LogActor, filing: Filing): FiledData {
  const { item, node, divisions, now } = desk;
  requireInForce(item, dayOf(now));
  const { facts = NO_FACTS } = filing;
  const found = route(item, filing.place, divisions, desk.grants, facts, desk.successionOf);
  requireIntake(item, node, found, divisions);
  if (node === found.acceptor && !isProxyOffice(desk, actor.role)) requireOffice(desk);
  if (filing.renewal) requireRenewable(item, filing.renewal, dayOf(now));
  refuseAll([
    ...consentFaults(actor, filing.consent, now, item),
    ...unrelatedMaterials(desk.implementation, filing.materials),
    ...formFaults(item.standard.fields, filing.form ?? []),
  ]);
  const project = filing.project && requireOpenProject(filing.project.standing, filing.project.id);
  const { urgent: limit, promised } = desk.implementation;
  return {
    number: filing.number,
    item: item.code,
    itemVersion: item.version,
    itemKind: item.kind,
    place: filing.place,
    acceptor: found.acceptor,
    decider: found.decider,
    power: found.power,
    through: found.through,
    facts,
    application: filing.application,
    consent: filing.consent,
    ...(filing.bundle ? { bundle: filing.bundle } : {}),
    ...(project ? { project: project.id } : {}),
    ...(item.processingClass === 'URGENT' ? { urgent: { limit: limit ?? promised } } : {}),
    ...(item.processingClass === 'ANSWER' ? { answered: { limit: promised } } : {}),
    ...(filing.renewal ? { renewal: filing.renewal } : {}),
    ...(filing.late ? { late: { receivedAt: now.toISOString(), device: filing.late.device } } : {}),
    materials: filing.materials,
  };
}

/** Hands in materials the one-time notice asked for (补正); the rest may follow later. */
export function supplementCase(desk: Desk, file: CaseFile, materials: Material[], note: string | null): Step {
  const actor = maySupplement(desk, file);
  refuseAll(unrelatedMaterials(desk.implementation, materials));
  if (materials.length === 0) throw problem('BAD_INPUT', 'A supplement needs a material.', { field: 'materials' });
  return oneLine({ action: 'SUPPLEMENTED', actor, note, data: { materials } });
}

/** The person who hands in materials the notice asked for, whichever they are. @throws {ProblemError} ILLEGAL_STEP */
export function maySupplement(desk: Desk, file: CaseFile): LogActor {
  const actor = atOwnCase(desk, file, 'SUPPLEMENT_CASE');
  requireFollows(file, 'SUPPLEMENTED');
  return actor;
}

/**
 * Everything that is missing is named at once, and nothing that has nothing to do with the item.
 * @throws {ProblemError} SUPPLEMENT_INCOMPLETE, MATERIAL_UNRELATED
 */
export function requireAllNamed(desk: Desk, file: CaseFile, asked: MissingMaterial[]): void {
  refuseAll(
    unrelatedMaterials(
      desk.implementation,
      asked.map((a) => ({ name: a.material })),
      'missing',
    ),
  );
  const unnamed = missingMaterials(file, desk.implementation.materials).filter(
    (name) => !asked.some((a) => a.material === name),
  );
  if (unnamed.length > 0) {
    throw problem('SUPPLEMENT_INCOMPLETE', `Also missing and not named: ${unnamed.join('、')}.`, {
      article: ARTICLES.oneTimeNotice,
      field: 'missing',
    });
  }
}

/**
 * What is wrong with the consent by which an agent files; nothing for other posts.
 * @param consent the log's part of it; null if there is none
 */
export function consentFaults(actor: LogActor, consent: FiledData['consent'], now: Date, item: Item): Problem[] {
  const fault = (message: string, field: string): Problem => ({
    code: 'CONSENT_MISSING',
    message,
    article: ARTICLES.proxyConsent,
    field,
    node: null,
  });
  if (actor.role !== 'AGENT') return [];
  if (!item.proxyAllowed)
    return [{ ...fault(`${item.code} can't be handled by an agent.`, 'item'), code: 'FORBIDDEN' }];
  if (!consent) return [fault("An agent files with the applicant's recorded consent only.", 'consent')];
  if (new Date(consent.givenAt) > now) return [fault('The consent is dated in the future.', 'consent.givenAt')];
  const { from, until } = consent;
  const today = dayOf(now);
  if (from !== undefined && from > today) return [fault(`The consent begins on ${from} only.`, 'consent.from')];
  if (until !== undefined && until < today) {
    return [{ ...fault(`The consent ended on ${until}.`, 'consent.until'), code: 'CONSENT_EXPIRED' }];
  }
  return [];
}
