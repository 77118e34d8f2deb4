import { clockOf, custodyAt, resultOf } from '@liandong/schema/case';
import type { CaseFile } from '@liandong/schema/case';
import { approvalWait } from '@liandong/schema/domains/projects';
import type { ProjectCaseView } from '@liandong/schema/domains/projects';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';

export interface ApprovalParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  failures: Failures;
  now: () => Date;
}

/** What is said of a case beside its own state. */
type Linked = Omit<ProjectCaseView, 'state' | 'waits' | 'result' | 'custodian' | 'clock' | 'staleSince'>;

/** A case in a list of approvals, as this node knows it, with what it waits for. */
export function approvalOf(
  { node, divisions, calendar, now }: ApprovalParts,
  linked: Linked,
  file: CaseFile,
): ProjectCaseView {
  const clock = clockOf(file, calendar(), divisions, now());
  return {
    ...linked,
    state: file.state,
    waits: approvalWait(file, clock, calendar()),
    result: resultOf(file),
    custodian: file.custodian,
    clock,
    staleSince: custodyAt(file, node) === 'ELSEWHERE' ? file.lastAt : null,
  };
}
