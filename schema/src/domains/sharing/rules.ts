import { z } from 'zod';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import type { Problem } from '../../kernel/errors.ts';
import { problem } from '../../kernel/errors.ts';
import { DATA_OFFER_KINDS } from './words.ts';
import { TIERS } from '../../kernel/words.ts';
import { isUndecided } from '../../case/words.ts';
import type { Role, Tier } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { isDay } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Post } from '../../case/step-rules.ts';
import { actAs, isProxyOffice } from '../../case/step-rules.ts';
import type { Desk } from '../../case/step-context.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requireDepartment, requirePermission } from '../../operation/permissions.ts';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
const divisionCode = z.string().refine(isDivisionCode, 'a division code');

/** One field of a register that is offered. */
export const dataFieldSchema = z.strictObject({
  /** Its name in the register, `holder`. */
  name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, 'a name such as householdNumber'),
  /** The field's name for people, 户号. */
  label: z.string().trim().min(1).max(60),
  /** Whether the material is replaced only if this field has a value. */
  essential: z.boolean(),
});
export type DataField = z.infer<typeof dataFieldSchema>;

/**
 * The desks that may ask: of these tiers, in these divisions. An empty list does not restrict; two empty lists allow no
 * desk.
 */
export const dataAskersSchema = z.strictObject({ tiers: z.array(z.enum(TIERS)), divisions: z.array(divisionCode) });
export type DataAskers = z.infer<typeof dataAskersSchema>;

/** Data a node offers from a register it keeps or from certificates it issued (数据共享目录). */
export const dataOfferSchema = z.strictObject({
  /** Begins with the offering node's code, as case ids do: `331022-household`. */
  id: z.string().regex(/^\d{6,12}-[a-z][a-z0-9-]{0,39}$/, 'an id such as 331022-household'),
  /** Raised by one with each change; a withdrawn offer ends by its `validTo`. */
  version: z.int().min(1),
  node: divisionCode,
  /** The register its answers come from; several offers may draw on one. */
  register: z.string().trim().min(1).max(60),
  /** The material it replaces, as items name it: 户口簿. */
  name: z.string().trim().min(1).max(100),
  kind: z.enum(DATA_OFFER_KINDS),
  fields: z.array(dataFieldSchema).min(1).max(60),
  askers: dataAskersSchema,
  /** Codes of the items it may be asked for. */
  purposes: z.array(z.string().min(1)).min(1),
  /** Whether the applicant must have consented. */
  consentNeeded: z.boolean(),
  validFrom: day,
  /** The first day without effect; null without an end. */
  validTo: day.nullable(),
});
export type DataOffer = z.infer<typeof dataOfferSchema>;

/** The node an offer's id names. @throws {ProblemError} BAD_INPUT */
export function offeringNodeOf(offer: string): DivisionCode {
  const [code = ''] = offer.split('-', 1);
  if (!isDivisionCode(code) || offer.length < code.length + 2) {
    throw problem('BAD_INPUT', `"${offer.slice(0, 60)}" is no id of an offer: it must begin with a division code.`, {
      field: 'offer',
    });
  }
  return code;
}

/** A request's facts as the case's signed lines prove them; the asking node's word does not count. */
export interface DataAsking {
  node: DivisionCode;
  /** The item of the case the request is tied to. */
  item: string;
  /** Whether the application holds the applicant's recorded consent. */
  consented: boolean;
  /** Names of the fields that are asked for. */
  fields: readonly string[];
  today: Day;
}

/** Whether desks of that node may ask, for any case. */
export function mayAsk({ tiers, divisions: places }: DataAskers, node: DivisionCode, divisions: Divisions): boolean {
  if (tiers.length === 0 && places.length === 0) return false;
  const tier: Tier = divisions.get(node).tier;
  const there = places.length === 0 || places.some((place) => divisions.find(place) && divisions.isWithin(node, place));
  return there && (tiers.length === 0 || tiers.includes(tier));
}

/** Whether an offer is valid on a day. */
export function isOffered({ validFrom, validTo }: Pick<DataOffer, 'validFrom' | 'validTo'>, today: Day): boolean {
  return today >= validFrom && (validTo === null || today < validTo);
}

/**
 * All ways in which a request exceeds an offer; empty if it may be answered. State organs handle personal data within
 * their statutory duties and no further: 个人信息保护法 Art. 6, 34, 35.
 * @param offer null when the node offers nothing under that id
 */
export function grantFaults(offer: DataOffer | null, asking: DataAsking, divisions: Divisions): Problem[] {
  if (!offer) return [outOfGrant('offer', 'Nothing is offered under this id.', ARTICLES.statutoryDuty)];
  const faults: Problem[] = [];
  if (!mayAsk(offer.askers, asking.node, divisions)) {
    faults.push(outOfGrant('asker', `${asking.node} is not among those who may ask.`, ARTICLES.statutoryDuty));
  }
  if (!offer.purposes.includes(asking.item)) {
    faults.push(outOfGrant('purpose', `It may not be asked for ${asking.item}.`, ARTICLES.statutoryDuty));
  }
  if (offer.consentNeeded && !asking.consented) {
    faults.push(outOfGrant('consent', "The applicant's consent is not on record.", ARTICLES.toldAndAgreed));
  }
  const offered = new Set(offer.fields.map((field) => field.name));
  const beyond = [...new Set(asking.fields)].filter((field) => !offered.has(field));
  if (beyond.length > 0 || asking.fields.length === 0) {
    const what = beyond.length > 0 ? `Not offered: ${beyond.join(', ')}.` : 'No field is asked for.';
    faults.push(outOfGrant('fields', what, ARTICLES.leastData));
  }
  if (!isOffered(offer, asking.today)) {
    const { validFrom, validTo } = offer;
    faults.push(
      outOfGrant('dates', `It holds from ${validFrom} to ${validTo ?? 'further notice'}.`, ARTICLES.statutoryDuty),
    );
  }
  return faults;
}

/**
 * One way in which a request exceeds its offer; `field` names it: offer, case, asker, purpose, consent, fields, dates.
 */
export function outOfGrant(field: string, message: string, article: string): Problem {
  return problem('DATA_OUT_OF_GRANT', message, { field, article }).problem;
}

/** The material that the requested fields replace; null if an essential field is missing among them. */
export function replacedMaterial(offer: DataOffer, fields: readonly string[]): string | null {
  return offer.fields.every((field) => !field.essential || fields.includes(field.name)) ? offer.name : null;
}

/** The context in which a desk checks its own request for data. */
export type DataDesk = Post & Pick<Desk, 'item'>;

/**
 * Only the desk that holds a case asks for data, while the case is open (《国务院关于在线政务服务的若干规定》: the applicant is not asked
 * for data that sharing gives). The offering node checks whether its offer allows it.
 * @returns the post the person acts in
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, NOT_CUSTODIAN, CASE_IN_TRANSIT, ILLEGAL_STEP
 */
export function requireDataAsker(desk: DataDesk, file: CaseFile): Role {
  const { node, viewer, divisions, item } = desk;
  const { role } = actAs(desk, 'REQUEST_DATA', file);
  if (file.custodian !== node) {
    throw problem('NOT_CUSTODIAN', `${node} does not hold the case; ${file.custodian} does.`, {
      custodian: file.custodian,
    });
  }
  if (file.inTransitTo !== null) throw problem('CASE_IN_TRANSIT', `The case is under way to ${file.inTransitTo}.`);
  if (!isUndecided(file.state)) {
    throw problem('ILLEGAL_STEP', `The case is ${file.state}: nothing more is asked for it.`, {
      article: ARTICLES.leastData,
    });
  }
  const organ = node === file.acceptor || node === file.decider;
  if (organ && !isProxyOffice(desk, role)) requireDepartment(viewer, item.department, divisions.get(node).tier);
  return role;
}

/**
 * Supervisors read lights, for their own division and the places in it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireLightsReader(viewer: Viewer, division: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, 'READ_LIGHTS', divisions.get(viewer.division).tier);
  if (!divisions.isWithin(division, viewer.division)) {
    throw problem('FORBIDDEN', `The lights of ${division} are not open to ${viewer.division}.`, {
      article: ARTICLES.postDuties,
    });
  }
}
