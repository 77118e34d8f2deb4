import type { z } from 'zod';
import type { Problem } from '../kernel/errors.ts';
import { ProblemError } from '../kernel/errors.ts';

/**
 * Checks an input; every fault is named at once.
 * @throws {ProblemError} BAD_INPUT, one problem a fault, each with its field
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [first, ...rest] = parsed.error.issues.map((issue): Problem => {
    const field = issue.path.map(String).join('.') || null;
    const article = issue.code === 'custom' ? articleOf(issue.params) : null;
    return { code: 'BAD_INPUT', message: `${field ?? 'input'}: ${issue.message}.`, article, field, node: null };
  });
  throw new ProblemError([
    first ?? { code: 'BAD_INPUT', message: 'The input is faulty.', article: null, field: null, node: null },
    ...rest,
  ]);
}

function articleOf(params: Record<string, unknown> | undefined): string | null {
  return typeof params?.article === 'string' ? params.article : null;
}
