import type { CaseFile, Report } from '../../case/case-file.ts';
import { openProcedures } from '../../case/case-file.ts';
import type { LogAction } from '../../case/log-words.ts';
import type { LogLine } from '../../case/log-line.ts';
import { jointOpen } from '../joint/rules.ts';

/** Lines of a case that an organ outside decides. */
export const REPORT_ACTIONS = ['REPORTED', 'REPORT_PROGRESSED', 'REPORT_DECIDED'] as const satisfies LogAction[];
type ReportLine = Extract<LogLine, { action: (typeof REPORT_ACTIONS)[number] }>;

/**
 * The change one of these lines makes.
 * @param file the case before the line
 * @returns null if the log does not allow it
 */
export function afterReportLine(file: CaseFile, line: ReportLine, at: Date): Partial<CaseFile> | null {
  const { node, actor } = line;
  const { report } = file;
  switch (line.action) {
    case 'REPORTED': {
      const reviewer = file.reviews.at(-1)?.node;
      const reviewed = reviewer === node || reviewer === file.through.review?.grantee;
      if (!reviewed || openProcedures(file).length > 0 || jointOpen(file.joint)) return null;
      return { state: 'REPORTED', report: { at, node, actor, ...line.data, events: [], result: null } };
    }
    case 'REPORT_PROGRESSED': {
      if (!report || !mayProgress(report, line.data.event)) return null;
      const { dueOn, ...event } = line.data;
      return {
        report: { ...report, dueOn: dueOn ?? report.dueOn, events: [...report.events, { at, node, actor, ...event }] },
      };
    }
    case 'REPORT_DECIDED': {
      if (!report) return null;
      const { result, number, on, reason, document } = line.data;
      return {
        state: 'REPORT_DECIDED',
        report: { ...report, result: { at, node, actor, result, number, on, reason } },
        // the document of the organ outside is what the applicant gets
        issued: { at, node, actor, number, document, seal: null },
      };
    }
    default:
      return line satisfies never;
  }
}

/** Whether the organ outside waits for a supplement it asked for. */
export function awaitsSupplement({ events }: Pick<Report, 'events'>): boolean {
  return events.findLast(({ event }) => event !== 'RECEIVED')?.event === 'SUPPLEMENT_ASKED';
}

/** Received is once; a supplement is asked for and sent in turn. */
export function mayProgress(report: Pick<Report, 'events'>, event: Report['events'][number]['event']): boolean {
  switch (event) {
    case 'RECEIVED':
      return !report.events.some((e) => e.event === 'RECEIVED');
    case 'SUPPLEMENT_ASKED':
      return !awaitsSupplement(report);
    case 'SUPPLEMENT_SENT':
      return awaitsSupplement(report);
    default:
      return event satisfies never;
  }
}
