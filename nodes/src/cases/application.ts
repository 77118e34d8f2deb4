import type { ApplicantView, ConsentView } from '@liandong/schema/domains/filing';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { FormEntry } from '@liandong/schema/domains/catalogue';
import { problem } from '@liandong/schema/kernel';
import type { NodeQueries } from '../db/index.ts';
import type { StoredCase } from './case-store.ts';
import { findCase } from './case-store.ts';

/** An application as it is stored: exact text, digested into the log. */
export interface Application {
  /** Random. Without it, the applicant's number could be found by trying numbers against the digest in the log. */
  salt?: string;
  applicant: ApplicantView;
  consent: (Omit<ConsentView, 'givenAt'> & { givenAt: string }) | null;
  /** Left out if the item has no form. */
  form?: FormEntry[];
}

/** The applicant's application. @throws {ProblemError} NOT_FOUND if this node never got it */
export function applicationOf(
  { id, application }: Pick<StoredCase, 'id' | 'application'>,
  node: DivisionCode,
): Application {
  if (application === null) throw problem('NOT_FOUND', `${node} holds no application of ${id}.`, { node });
  return JSON.parse(application) as Application;
}

/** The application of a case, by the case's id. @throws {ProblemError} NOT_FOUND */
export async function readApplication(queries: NodeQueries, node: DivisionCode, id: string): Promise<Application> {
  return applicationOf((await findCase(queries, id)) ?? { id, application: null }, node);
}
