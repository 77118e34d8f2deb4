import type { CaseFile } from '../case/case-file.ts';
import type { StepContext } from '../case/step-context.ts';
import type { Problem } from '../kernel/errors.ts';
import { ProblemError } from '../kernel/errors.ts';
import type { Role, Tier } from '../kernel/words.ts';
import { ROLES } from '../kernel/words.ts';
import type { AnyStep } from './case-step.ts';
import type { Domain } from './domain.ts';
import { operationsOf } from './domain.ts';
import type { Action } from './permissions.ts';
import { PERMISSIONS } from './permissions.ts';

/** Whether a person may take a step of a case now, and the posts that may. */
export interface CaseStepState {
  step: string;
  zh: string;
  /** Why not; null where its guard allows it. */
  why: Problem | null;
  /** Posts that hold its duty at the desk's tier. */
  posts: Role[];
}

/** The steps of these domains, in their order. */
export function stepsOf(domains: readonly Domain[]): AnyStep[] {
  return operationsOf(domains).flatMap(({ operation }) => (operation.kind === 'step' ? [operation] : []));
}

/**
 * The state of each step for one person and one case, without its input.
 * @param putOff why the node takes no steps at all now; null if it does
 */
export function stepStates(
  steps: readonly AnyStep[],
  context: StepContext,
  file: CaseFile,
  putOff: Problem | null = null,
): CaseStepState[] {
  const { tier } = context.divisions.get(context.node);
  return steps.map((step) => ({
    step: step.name,
    zh: step.zh,
    why: putOff ?? refusalOf(step, context, file),
    posts: postsAt(step.by, tier),
  }));
}

/** Posts that hold a duty at a tier. */
export function postsAt(duty: Action, tier: Tier): Role[] {
  return ROLES.filter((role) => PERMISSIONS[duty][role]?.includes(tier) ?? false);
}

function refusalOf(step: AnyStep, context: StepContext, file: CaseFile): Problem | null {
  try {
    step.guard(context, file);
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
