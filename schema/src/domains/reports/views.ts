import type { CaseFile, Report } from '../../case/case-file.ts';
import { reportDueAt } from './rules.ts';
import { awaitsSupplement } from './state.ts';

/** 转报, as it stands now. */
export interface ReportView extends Report {
  /** Whether the organ outside is past the day it is expected to answer by. */
  late: boolean;
  awaitsSupplement: boolean;
}

export function reportView(file: Pick<CaseFile, 'report' | 'state'>, now: Date): ReportView | null {
  const { report } = file;
  if (!report) return null;
  const dueAt = reportDueAt(file);
  const awaits = report.result === null && awaitsSupplement(report);
  return { ...report, late: dueAt !== null && now > dueAt, awaitsSupplement: awaits };
}
