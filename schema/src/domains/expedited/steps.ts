import * as steps from './operations.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Step, StepContext } from '../../case/step-context.ts';
import type { ProjectStanding } from '../projects/rules.ts';

// The rules of domains/expedited under the names and arguments that journeys and tests knew; goes with the last of them.

const idempotencyKey = null;

export const linkToProject = (c: StepContext, file: CaseFile, project: string, known: ProjectStanding | null): Step =>
  steps.linkToProject.take(c, file, { id: file.id, project, idempotencyKey }, known);
export const leaveProject = (c: StepContext, file: CaseFile, reason: string): Step =>
  steps.leaveProject.take(c, file, { id: file.id, reason, idempotencyKey }, null);
export const openGreenChannel = (c: StepContext, file: CaseFile, ground: string): Step =>
  steps.openGreenChannel.take(c, file, { id: file.id, ground, idempotencyKey }, null);
export const askUrgency = (c: StepContext, file: CaseFile, ground: string): Step =>
  steps.askUrgency.take(c, file, { id: file.id, ground, idempotencyKey }, null);
export const decideUrgency = (c: StepContext, file: CaseFile, approved: boolean, reason: string | null): Step =>
  steps.decideUrgency.take(c, file, { id: file.id, approved, reason, idempotencyKey }, null);
