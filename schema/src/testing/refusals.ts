import type { Problem } from '../kernel/errors.ts';
import { ProblemError } from '../kernel/errors.ts';

/** Every problem an act is refused with; fails when the act is not refused, or breaks for another reason. */
export function refusals(act: () => unknown): readonly Problem[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** The one problem an act is refused with. */
export function refusal(act: () => unknown): Problem {
  const [first, ...rest] = refusals(act);
  if (!first || rest.length > 0) throw new Error(`It was refused with ${rest.length + 1} problems, not with one.`);
  return first;
}

/** The code an act is refused with. */
export function refusalCode(act: () => unknown): string {
  return refusal(act).code;
}

/** The code an act is refused with; null when it is done. */
export function codeOrDone(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

/** Every problem an act is refused with that ends later. */
export async function laterRefusals(act: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  throw new Error('It was not refused.');
}
