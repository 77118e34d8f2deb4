import type { Problem } from '../../kernel/errors.ts';
import type { BundleMemberStatus, BundleState } from '../../case/words.ts';
import { isConcluded } from '../../case/words.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Bundle, BundleField, Item } from '../catalogue/catalogue.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import { formFaults } from '../catalogue/forms.ts';

/** The parts of a member's case that a bundle needs. */
export type MemberCase = Pick<CaseFile, 'state' | 'decision' | 'answer' | 'report' | 'issued'>;

/** A member item and its case; null while it is not filed. */
export interface BundleMember<C extends MemberCase = MemberCase> {
  item: string;
  case: C | null;
}

/** The stages of a bundle: the members of one stage run side by side, after all members of the stages before it. */
export function stagesOf({ sequence, members }: Pick<Bundle, 'sequence' | 'members'>): string[][] {
  return sequence.length > 0 ? sequence : [members];
}

/** The members that must have succeeded before this one is filed. */
export function predecessorsOf(bundle: Pick<Bundle, 'sequence' | 'members'>, item: string): string[] {
  const stages = stagesOf(bundle);
  const at = stages.findIndex((stage) => stage.includes(item));
  return stages.slice(0, Math.max(at, 0)).flat();
}

/**
 * The status of each member, in the bundle's order. A failed member (refused, not accepted, withdrawn, terminated,
 * voided) blocks only those that depend on it. A member has succeeded when its document is issued, since the next ones
 * need that document.
 */
export function memberStatuses(
  bundle: Pick<Bundle, 'sequence' | 'members'>,
  members: readonly BundleMember[],
): Map<string, BundleMemberStatus> {
  const statuses = new Map<string, BundleMemberStatus>();
  for (const item of stagesOf(bundle).flat()) {
    const filed = members.find((m) => m.item === item)?.case ?? null;
    const ahead = predecessorsOf(bundle, item).map((code) => statuses.get(code));
    if (filed) statuses.set(item, statusOf(filed));
    else if (ahead.some((s) => s === 'FAILED' || s === 'BLOCKED')) statuses.set(item, 'BLOCKED');
    else statuses.set(item, ahead.every((s) => s === 'SUCCEEDED') ? 'DUE' : 'WAITING');
  }
  return new Map(bundle.members.map((item) => [item, statuses.get(item) ?? 'WAITING']));
}

function statusOf({ state, decision, answer, report, issued }: MemberCase): BundleMemberStatus {
  switch (state) {
    case 'DRAFT':
    case 'PRECHECKED':
    case 'FILED':
    case 'AWAITING_SUPPLEMENT':
    case 'ACCEPTED':
    case 'REVIEWED':
    case 'REPORTED':
      return 'UNDER_WAY';
    case 'GRANTED':
    case 'ANSWERED':
      return issued ? 'SUCCEEDED' : 'UNDER_WAY';
    case 'REPORT_DECIDED':
      return report?.result?.result === 'GRANTED' ? 'SUCCEEDED' : 'FAILED';
    case 'DELIVERED':
    case 'CLOSED':
      return answer || (decision?.outcome ?? report?.result?.result) === 'GRANTED' ? 'SUCCEEDED' : 'FAILED';
    case 'REFUSED':
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return 'FAILED';
    default:
      return state satisfies never;
  }
}

/** The members to be filed now. */
export function dueMembers(bundle: Pick<Bundle, 'sequence' | 'members'>, members: readonly BundleMember[]): string[] {
  return [...memberStatuses(bundle, members)].filter(([, status]) => status === 'DUE').map(([item]) => item);
}

/** A bundle's progress: one count over all members, and whether the one delivery is due. */
export interface BundleProgress {
  state: BundleState;
  total: number;
  succeeded: number;
  /** Failed or blocked. */
  failed: number;
  statuses: Map<string, BundleMemberStatus>;
}

/**
 * The progress of a bundle. Nothing is delivered while a member is still open; all decisions go out together, refusals
 * too (Art. 44). It is finished when every member has ended and nothing is left to hand over.
 */
export function progressOf(
  bundle: Pick<Bundle, 'sequence' | 'members'>,
  members: readonly BundleMember[],
): BundleProgress {
  const statuses = memberStatuses(bundle, members);
  const count = (...wanted: BundleMemberStatus[]) => [...statuses.values()].filter((s) => wanted.includes(s)).length;
  const open = count('WAITING', 'DUE', 'UNDER_WAY');
  const undelivered = members.some((m) => m.case !== null && isConcluded(m.case.state));
  const handedOver = members.some(
    (m) => m.case !== null && (m.case.state === 'DELIVERED' || m.case.state === 'CLOSED'),
  );
  const ended: BundleState = undelivered ? 'DELIVERY_DUE' : handedOver ? 'DELIVERED' : 'FAILED';
  return {
    state: open > 0 ? 'UNDER_WAY' : ended,
    total: statuses.size,
    succeeded: count('SUCCEEDED'),
    failed: count('FAILED', 'BLOCKED'),
    statuses,
  };
}

/** Members whose documents the one delivery hands over. */
export function deliverables<C extends MemberCase>(members: readonly BundleMember<C>[]): BundleMember<C>[] {
  return members.filter((m) => m.case !== null && isConcluded(m.case.state));
}

/** A member's own form, filled from the one form; fields without a value are left out. */
export function memberForm(fields: readonly BundleField[], form: readonly FormEntry[], item: string): FormEntry[] {
  return fields.flatMap(({ name, fills }) => {
    const value = form.find((entry) => entry.field === name)?.value ?? '';
    if (value === '') return [];
    return fills.filter((fill) => fill.item === item).map(({ field }) => ({ field, value }));
  });
}

/** The shared materials that belong to a member: each is given once and goes to every member that asks for its name. */
export function memberMaterials<M extends { name: string }>(
  asked: readonly { name: string }[],
  materials: readonly M[],
): M[] {
  return materials.filter(({ name }) => asked.some((m) => m.name === name));
}

/** Materials that other members' results replace; the applicant does not hand them in for this member. */
export function givenBy(bundle: Pick<Bundle, 'sequence' | 'members' | 'provides'>, item: string): Bundle['provides'] {
  const ahead = predecessorsOf(bundle, item);
  return bundle.provides.filter((p) => ahead.includes(p.item));
}

/**
 * Everything that is wrong with the one form and its materials, at once: the form's own faults, missing values of a
 * member's form after it was filled, and materials no member asks for.
 * @param members the member items with the materials their deciding nodes ask for
 */
export function bundleFaults(
  bundle: Bundle,
  own: readonly { name: string }[],
  members: readonly { item: Item; materials: readonly { name: string }[] }[],
  form: readonly FormEntry[],
  materials: readonly { name: string }[],
): Problem[] {
  const first = formFaults(bundle.form, form);
  const filled = members.flatMap(({ item }) =>
    formFaults(item.standard.fields, memberForm(bundle.form, form, item.code), `form.${item.code}`),
  );
  // faults of the one form are not repeated for each member
  const rest = first.length > 0 ? [] : filled;
  const unrelated = materials.flatMap(({ name }, i): Problem[] => {
    if ([{ materials: own }, ...members].some((m) => m.materials.some((asked) => asked.name === name))) return [];
    const message = `"${name}" is no material of the bundle or of a member of it.`;
    return [{ code: 'MATERIAL_UNRELATED', message, article: null, field: `materials.${i}.name`, node: null }];
  });
  return [...first, ...rest, ...unrelated];
}

/** Whether nothing of a bundle is left for the node's clockwork to file. */
export function isSettled(bundle: Pick<Bundle, 'sequence' | 'members'>, members: readonly BundleMember[]): boolean {
  return [...memberStatuses(bundle, members).values()].every((s) => s !== 'WAITING' && s !== 'DUE');
}
