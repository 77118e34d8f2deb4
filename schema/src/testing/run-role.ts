import { expect } from 'vitest';
import type { RoleName, RoleResult } from '../wire/federation.ts';
import { roleResultSchema } from '../wire/federation.ts';
import { CaseLog } from './case-log.ts';
import { TOWNSHIP } from './fixtures.ts';
import { executeRole } from '../graph/execute.ts';
import type { RoleContext } from '../graph/services.ts';

export const SECRET = '11010519491231002X';
export const atVillage = CaseLog.filed().file;
export const atTownship = CaseLog.filed().handedTo(TOWNSHIP).file;

export interface Ran {
  result: RoleResult;
  /** Errors that were reported and not shown. */
  reported: unknown[];
}

export async function run(
  role: RoleName,
  query: string,
  context: RoleContext,
  variables: Record<string, unknown> = {},
): Promise<Ran> {
  const reported: unknown[] = [];
  const operation = { role, at: context.at, query, variables, token: null };
  const result = await executeRole(operation, context, (error) => reported.push(error));
  // the result must have the form the gateway expects, also after it was sent as text
  expect(roleResultSchema.safeParse(JSON.parse(JSON.stringify(result))).success).toBe(true);
  return { result, reported };
}

export const errorsOf = ({ result }: Ran) =>
  (result.errors ?? []).map((error) => ({ path: error.path?.join('.'), code: error.extensions?.code }));
