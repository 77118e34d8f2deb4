import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { Tier, WindowStage } from '../../kernel/words.ts';
import { WINDOW_STAGES } from '../../kernel/words.ts';
import { stagesAt } from '../admission/rules.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { isInForce } from '../catalogue/catalogue.ts';
import { citationsOf } from '../legal-bases/rules.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { departmentsOf, requireOneOf } from '../../operation/permissions.ts';

/** Inclusive day range; `until: null` means no end. */
export interface Term {
  from: Day;
  until: Day | null;
}

/** 窗口: a window of a node. */
export interface ServiceWindow extends Term {
  code: string;
  name: string;
  /** The window's department; null for a comprehensive one (综合窗口), which several departments may authorize. */
  department: string | null;
  /** Where it is, when it is open and its phone, as people read them; null until the node has said it. */
  place: string | null;
  hours: string | null;
  phone: string | null;
}

/** Of a window whose node said nothing of where it is. */
export const UNPLACED = { place: null, hours: null, phone: null } as const;

/** 窗口授权: stages of an item that a department lets a window do. */
export interface WindowAuthority extends Term {
  id: string;
  window: string;
  item: string;
  /** The department or bureau that holds the power, and in whose name the result goes out. */
  department: string;
  stages: WindowStage[];
  /** The first day without effect; null if not revoked. */
  revokedOn: Day | null;
}

/** 印章登记. */
export interface Seal extends Term {
  id: string;
  name: string;
  /** The department or bureau in whose name it is set. */
  department: string;
  /** The person who keeps it. */
  keeper: string;
  /** The first day it may not be set any more; null if not revoked. */
  revokedOn: Day | null;
}

/** 相对集中行政许可权: one bureau holds a department's powers; the department's own seal is put away. */
export interface PowerTransfer extends Term {
  bureau: string;
  department: string;
  /** The decision it is based on, for example 《行政许可法》第二十五条. */
  basis: string;
}

/** Whether a term covers a day. */
export function holdsOn(term: Term & { revokedOn?: Day | null }, day: Day): boolean {
  const revokedOn = term.revokedOn ?? null;
  return term.from <= day && (term.until === null || day <= term.until) && (revokedOn === null || day < revokedOn);
}

/** The holder of a department's powers on a day: the bureau they were transferred to, else the department itself. */
export function holderOf(department: string, transfers: readonly PowerTransfer[], day: Day): string {
  return transfers.find((t) => t.department === department && holdsOn(t, day))?.bureau ?? department;
}

/** The holders of an item's power on a day, the lead first; a shared item has several. */
export function holdersOf(
  item: Pick<Item, 'department'>,
  transfers: readonly PowerTransfer[],
  day: Day,
): [string, ...string[]] {
  const [lead = item.department, ...others] = departmentsOf(item.department);
  const first = holderOf(lead, transfers, day);
  const rest = others.map((department) => holderOf(department, transfers, day)).filter((holder) => holder !== first);
  return [first, ...new Set(rest)];
}

/**
 * The person who manages an item's power must belong to its holder that day: to the bureau once the department's powers
 * were transferred (划转), and no longer to the department.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
export function requireHolder(
  viewer: Viewer,
  item: Pick<Item, 'department'>,
  transfers: readonly PowerTransfer[],
  tier: Tier,
  day: Day,
): void {
  requireOneOf(viewer, holdersOf(item, transfers, day), tier);
}

/** A node's registers of windows, authorizations, seals and transfers. */
export interface Offices {
  windows: readonly ServiceWindow[];
  authorities: readonly WindowAuthority[];
  transfers: readonly PowerTransfer[];
  seals: readonly Seal[];
}

/** The node's windows for an item on a day: open, and authorized for some stage of it by then. */
export function windowsFor({ windows, authorities }: Offices, item: string, day: Day): ServiceWindow[] {
  return windows.filter(
    (window) =>
      holdsOn(window, day) && authorities.some((a) => a.window === window.code && a.item === item && holdsOn(a, day)),
  );
}

/** A node without registers. */
export const NO_OFFICES: Offices = { windows: [], authorities: [], transfers: [], seals: [] };

/** The basis on which a window does a stage: the authorization, the name, and the seal. */
export interface WindowPower {
  authority: WindowAuthority;
  /** The department or bureau in whose name the result goes out. */
  inNameOf: string;
  /** The seal it is set with; null for stages before delivery. */
  seal: Seal | null;
}

/**
 * A window does a stage of an item only while the holder of the power authorizes it; a delivered document bears that
 * holder's seal. A department's authorization ends when its powers go to a bureau. Source: 行政许可法 Art. 25, 26, 39;
 * 窗口充分授权制度.
 * @throws {ProblemError} WINDOW_UNAUTHORIZED; SEAL_MISSING for a delivery without a seal in effect
 */
export function requireWindowAuthority(
  offices: Offices,
  item: Pick<Item, 'code' | 'department'>,
  window: string,
  stage: WindowStage,
  day: Day,
): WindowPower {
  const open = offices.windows.find((w) => w.code === window);
  const refuse = (why: string) =>
    problem('WINDOW_UNAUTHORIZED', `Window ${window} may not ${stage} ${item.code} on ${day}: ${why}.`, {
      article: ARTICLES.windowAuthority,
    });
  if (!open || !holdsOn(open, day)) throw refuse('no such window is open');
  const holders = holdersOf(item, offices.transfers, day);
  const authority = offices.authorities.find(
    (a) =>
      a.window === window &&
      a.item === item.code &&
      a.stages.includes(stage) &&
      holders.includes(a.department) &&
      holdsOn(a, day),
  );
  if (!authority) throw refuse(`${holders.join(', ')} did not authorize it`);
  const seal = stage === 'DELIVER' ? requireSeal(offices.seals, authority.department, day) : null;
  return { authority, inNameOf: authority.department, seal };
}

/** @throws {ProblemError} SEAL_MISSING if the department or bureau has no seal in effect */
export function requireSeal(seals: readonly Seal[], department: string, day: Day): Seal {
  const seal = seals.find((s) => s.department === department && holdsOn(s, day));
  if (seal) return seal;
  throw problem('SEAL_MISSING', `${department} has no seal that holds on ${day}.`, { article: ARTICLES.seal });
}

/**
 * Checks that a department may authorize a window.
 * @throws {ProblemError} NOT_COMPETENT for a stage the node has no part in; WRONG_DEPARTMENT for an item whose power it
 * does not hold (any more), or another department's window; OFFICE_CONFLICT where no such window is open; BAD_INPUT for
 * a term that ends before it begins
 */
export function requireAuthorization(
  offices: Pick<Offices, 'windows' | 'transfers'>,
  item: Item,
  tier: Tier,
  next: Omit<WindowAuthority, 'id' | 'revokedOn'>,
): void {
  requireTerm(next);
  const here = stagesAt(item, tier);
  const beyond = next.stages.filter((stage) => !here.includes(stage));
  if (beyond.length > 0) {
    throw problem('NOT_COMPETENT', `${beyond.join(', ')} of ${item.code} is not done at a ${tier} node.`, {
      article: ARTICLES.windowAuthority,
      field: 'stages',
    });
  }
  const window = offices.windows.find((w) => w.code === next.window);
  if (!window || !holdsOn(window, next.from)) {
    throw conflict(`No window ${next.window} is open on ${next.from}.`, 'window');
  }
  const holders = holdersOf(item, offices.transfers, next.from);
  if (!holders.includes(next.department)) {
    throw wrongDepartment(`The power of ${item.code} is with ${holders.join(', ')}, not with ${next.department}.`);
  }
  if (window.department !== null && window.department !== next.department) {
    throw wrongDepartment(`Window ${window.code} belongs to ${window.department}.`);
  }
}

/**
 * Checks that a seal may be registered.
 * @throws {ProblemError} OFFICE_CONFLICT for a name already registered, or a department whose powers a bureau holds;
 * BAD_INPUT for a term that ends before it begins
 */
export function requireNewSeal(
  offices: Pick<Offices, 'seals' | 'transfers'>,
  next: Omit<Seal, 'id' | 'revokedOn'>,
): void {
  requireTerm(next);
  if (offices.seals.some((seal) => seal.name === next.name && overlaps(seal, next))) {
    throw conflict(`A seal ${next.name} is registered already.`, 'name');
  }
  const holder = holderOf(next.department, offices.transfers, next.from);
  if (holder !== next.department) {
    throw conflict(`${holder} holds the powers of ${next.department}, and sets its own seal.`, 'department');
  }
}

/**
 * Checks that a department's powers may go to a bureau (多枚印章归一).
 * @throws {ProblemError} OFFICE_CONFLICT if a bureau already has the powers, or a bureau would pass on powers it does
 * not hold itself; BAD_INPUT for a term that ends before it begins, or a basis that is not a citation
 */
export function requireTransfer(transfers: readonly PowerTransfer[], next: PowerTransfer): void {
  requireTerm(next);
  if (citationsOf(next.basis).length === 0) {
    throw problem('BAD_INPUT', `${next.basis} names no basis that can be looked up.`, {
      article: ARTICLES.concentratedPowers,
      field: 'basis',
    });
  }
  if (next.bureau === next.department) throw conflict(`${next.bureau} holds its own powers already.`, 'department');
  const other = transfers.find((t) => t.department === next.department && overlaps(t, next));
  if (other) throw conflict(`The powers of ${next.department} are with ${other.bureau} already.`, 'department');
  const chained = transfers.find(
    (t) => (t.department === next.bureau || t.bureau === next.department) && overlaps(t, next),
  );
  if (chained) throw conflict(`Powers are not passed on a second time (${chained.bureau}).`, 'bureau');
}

/** Seals that a transfer puts away (封存): the department's seals that are valid on its first day. */
export function sealsPutAway(seals: readonly Seal[], transfer: PowerTransfer): Seal[] {
  return seals.filter(
    (seal) => seal.department === transfer.department && overlaps(seal, { from: transfer.from, until: null }),
  );
}

/**
 * An authorization or a seal is revoked for a reason, and never for past days: earlier acts stay valid.
 * @throws {ProblemError} REASON_MISSING; BAD_INPUT for a day that has passed
 */
export function requireRevocation(on: Day, reason: string, today: Day): void {
  if (reason.trim() === '') {
    throw problem('REASON_MISSING', 'What is taken back is taken back for a reason.', {
      article: ARTICLES.windowAuthority,
      field: 'reason',
    });
  }
  if (on < today) {
    throw problem('BAD_INPUT', `Nothing can be taken back from ${on} on, which has passed.`, {
      article: ARTICLES.windowAuthority,
      field: 'on',
    });
  }
}

/** How much of an item can be done on the spot. */
export interface AuthorityShare {
  item: string;
  /** The stages that can be done, in the order of a case. */
  done: WindowStage[];
  /** The stages that it consists of. */
  needed: WindowStage[];
}

/** Share of stages that can be done on the spot, whole percent, rounded down; 100 if no stages are needed. */
export function percentOf(shares: readonly AuthorityShare[]): number {
  const needed = shares.reduce((sum, share) => sum + share.needed.length, 0);
  const done = shares.reduce((sum, share) => sum + share.done.length, 0);
  return needed === 0 ? 100 : Math.floor((100 * done) / needed);
}

/** Items that can't be done on the spot from the first stage to the last. */
export function belowFull(shares: readonly AuthorityShare[]): AuthorityShare[] {
  return shares.filter((share) => share.done.length < share.needed.length);
}

/**
 * 充分授权 of a window on a day: for every item it has a part in, the node's stages it can do. Delivery counts only while
 * there is a seal to set.
 */
export function windowShares(
  offices: Offices,
  items: readonly Item[],
  window: string,
  tier: Tier,
  day: Day,
): AuthorityShare[] {
  const concerned = new Set(
    offices.authorities.filter((a) => a.window === window && holdsOn(a, day)).map((a) => a.item),
  );
  return items
    .filter((item) => concerned.has(item.code) && isInForce(item, day))
    .map((item) => {
      const needed = stagesAt(item, tier);
      return { item: item.code, needed, done: needed.filter((stage) => can(offices, item, window, stage, day)) };
    });
}

/**
 * 充分授权 of a lower node on a day: for every item it has a part in, the stages it does itself.
 * @param granted stages it does by a delegation of that item, beside those of the catalogue
 */
export function nodeShares(
  items: readonly Item[],
  node: DivisionCode,
  tier: Tier,
  day: Day,
  granted: (item: string, node: DivisionCode) => readonly WindowStage[] = () => [],
): AuthorityShare[] {
  return items
    .filter((item) => isInForce(item, day))
    .map((item) => {
      const own = new Set([...stagesAt(item, tier), ...granted(item.code, node)]);
      return { item: item.code, needed: [...WINDOW_STAGES], done: WINDOW_STAGES.filter((stage) => own.has(stage)) };
    })
    .filter((share) => share.done.length > 0);
}

function can(offices: Offices, item: Item, window: string, stage: WindowStage, day: Day): boolean {
  const holders = holdersOf(item, offices.transfers, day);
  const open = offices.windows.some((w) => w.code === window && holdsOn(w, day));
  const sealed = (department: string) => offices.seals.some((s) => s.department === department && holdsOn(s, day));
  return (
    open &&
    offices.authorities.some(
      (a) =>
        a.window === window &&
        a.item === item.code &&
        a.stages.includes(stage) &&
        holders.includes(a.department) &&
        holdsOn(a, day) &&
        (stage !== 'DELIVER' || sealed(a.department)),
    )
  );
}

/** Whether two terms share a day; a revoked term ends the day before its revocation. */
function overlaps(one: Term & { revokedOn?: Day | null }, other: Term): boolean {
  const revokedOn = one.revokedOn ?? null;
  if (revokedOn !== null && revokedOn <= other.from) return false;
  return (one.until === null || one.until >= other.from) && (other.until === null || other.until >= one.from);
}

function requireTerm({ from, until }: Term): void {
  if (until === null || until >= from) return;
  throw problem('BAD_INPUT', `A term from ${from} can't end on ${until}.`, { field: 'until' });
}

function conflict(message: string, field: string) {
  return problem('OFFICE_CONFLICT', message, { article: ARTICLES.concentratedPowers, field });
}

function wrongDepartment(message: string) {
  return problem('WRONG_DEPARTMENT', message, { article: ARTICLES.windowAuthority, field: 'department' });
}
