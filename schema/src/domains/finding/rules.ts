import { ARTICLES } from '../../kernel/articles.ts';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import { bareNumber, phoneOf } from '../../kernel/written-numbers.ts';
import { requirePermission } from '../../operation/permissions.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { ApplicantView } from '../filing/views.ts';
import { requirePurpose } from '../reads/rules.ts';
import type { ApplicantKey } from './words.ts';

/** Most cases of one answer. */
export const MOST_FOUND = 100;
/** Searches of one person at one node in {@link SEARCH_HOUR_MS}; new tracking codes count as well. */
export const MOST_SEARCHES = 60;
export const SEARCH_HOUR_MS = 3_600_000;

/** One of the things an applicant's cases are found by, in the form that is compared. */
export interface SearchKey {
  by: ApplicantKey;
  form: string;
}

/** Blanks and marks of direction, and the dots that foreign and Uyghur names are written with. */
const IN_NAMES = /[\s\p{Cf}·•‧・.]/gu;

/**
 * The form in which names are compared: without blanks and dots, in one width and case. Other signs count.
 * @example nameForm('阿卜杜拉·买买提') === nameForm('阿卜杜拉•买买提')
 */
export function nameForm(written: string): string {
  return written.normalize('NFKC').toUpperCase().normalize('NFKC').replace(IN_NAMES, '');
}

/** The form in which a written value is compared; null if it can't be one of this kind. */
export function searchForm(by: ApplicantKey, written: string): string | null {
  if (by === 'PHONE') return phoneOf(written);
  return (by === 'NAME' ? nameForm(written) : bareNumber(written)) || null;
}

/** What a case is found by: its applicant, and the person who gave the consent if that is another (a firm's manager). */
export function searchKeysOf(applicant: ApplicantView, givenBy: string | null): SearchKey[] {
  const keys = [
    { by: 'ID_NUMBER', form: searchForm('ID_NUMBER', applicant.idNumber) },
    { by: 'PHONE', form: searchForm('PHONE', applicant.phone) },
    { by: 'NAME', form: searchForm('NAME', applicant.name) },
    { by: 'NAME', form: givenBy === null ? null : searchForm('NAME', givenBy) },
  ] as const;
  const found = new Map(keys.flatMap(({ by, form }) => (form === null ? [] : [[`${by} ${form}`, { by, form }]])));
  return [...found.values()];
}

/**
 * The key a person searches by, for a stated purpose (个人信息保护法 Art. 6). No refusal repeats the value.
 * @throws {ProblemError} REASON_MISSING, BAD_INPUT
 */
export function requireSearchKey({
  by,
  value,
  purpose,
}: {
  by: ApplicantKey;
  value: string;
  purpose: string;
}): SearchKey {
  requirePurpose(purpose);
  const form = searchForm(by, value);
  if (form !== null) return { by, form };
  throw problem('BAD_INPUT', 'value: cases can’t be found by it; write the whole number, phone or name.', {
    field: 'value',
  });
}

/**
 * Checks who searches: people of the desk in the posts for it, and supervisors above it. A token that acts for an
 * applicant finds no other cases.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireFinder(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, 'READ_CASES_BY_APPLICANT', divisions.get(viewer.division).tier);
  const supervises = viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division);
  if (viewer.actsFor === undefined && (viewer.division === node || supervises)) return;
  throw problem('FORBIDDEN', `Cases at ${node} are found by its own people and by supervisors above it.`, {
    article: ARTICLES.statutoryDuty,
  });
}

/**
 * Checks the number that a person who lost the slip proves to be the applicant with.
 * @throws {ProblemError} BAD_INPUT, which names neither number
 */
export function requireApplicantsNumber({ idNumber }: ApplicantView, stated: string): void {
  if (bareNumber(idNumber) === bareNumber(stated)) return;
  throw problem('BAD_INPUT', 'idNumber: the application has another identity number.', {
    article: ARTICLES.statutoryDuty,
    field: 'idNumber',
  });
}

/** The refusal of one search too many. @param seconds until the next is answered */
export function tooManySearches(seconds: number) {
  return problem(
    'RATE_LIMITED',
    `${MOST_SEARCHES} searches in an hour are the most for one person. Try again in ${seconds} s.`,
    { article: ARTICLES.readsAudited },
  );
}
