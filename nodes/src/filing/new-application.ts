import { randomBytes } from 'node:crypto';
import type { Filing } from '@liandong/schema/domains/filing';
import type { Application } from '../cases/index.ts';
import { sha256 } from '../trust/index.ts';

/** An application as it is stored: its exact text, and the log's part of it. */
export interface NewApplication {
  text: string;
  logged: Pick<Filing, 'application' | 'consent'>;
}

/** Makes the stored form of an application. An empty form is left out. */
export function newApplication({ applicant, consent, form = [] }: Omit<Application, 'salt'>): NewApplication {
  const salt = randomBytes(16).toString('base64url');
  const text = JSON.stringify({ salt, applicant, consent, ...(form.length > 0 ? { form } : {}) } satisfies Application);
  return { text, logged: { application: sha256(text), consent: loggedConsent(consent) } };
}

/** The log's part of the applicant's consent: its scope and dates, never the person who gave it. */
function loggedConsent(consent: Application['consent']): Filing['consent'] {
  if (!consent) return null;
  const { way, givenAt, scope, from, until } = consent;
  return { way, givenAt, scope, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}
