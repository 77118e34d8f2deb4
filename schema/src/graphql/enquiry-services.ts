import type { DivisionCode } from '../divisions.ts';
import type { Asker } from '../rules/enquiries.ts';
import type { Viewer } from '../rules/permissions.ts';
import type { EnquiryState } from '../vocabulary.ts';
import type { Page, PageRequest } from './answers.ts';
import type { OpenEnquiryInput, ReportEnquiryInput } from './enquiry-inputs.ts';

/** An enquiry and its first-asked duty, as the desk that was asked keeps it. */
export interface EnquiryView {
  id: string;
  item: string;
  /** The item's version the answer was composed from. */
  itemVersion: number;
  /** Whether the item was in force when it was asked for. */
  inForce: boolean;
  place: DivisionCode;
  /** The competent desks by the answer; null where the place is too high to name them. */
  acceptor: DivisionCode | null;
  decider: DivisionCode | null;
  askedAt: Date;
  /** Name of whoever answered. */
  answeredBy: string;
  /** Markdown, as it was given. */
  answer: string;
  /** Masked for whoever is not of the desk; null where nobody said. */
  asker: Asker | null;
  /** The case that grew out of it. */
  caseId: string | null;
  state: EnquiryState;
  reportedAt: Date | null;
  reportedBy: string | null;
  result: string | null;
  division: DivisionCode;
}

export interface EnquiriesService {
  /** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  get(viewer: Viewer | null, id: string): Promise<EnquiryView>;
  /** Those whose case has ended first, then the open ones, then those reported; within each the oldest first. */
  list(viewer: Viewer | null, state: EnquiryState | null, page: PageRequest): Promise<Page<EnquiryView>>;
  /** @throws {ProblemError} ITEM_UNKNOWN, UNKNOWN_DIVISION, FORBIDDEN */
  open(viewer: Viewer | null, input: OpenEnquiryInput): Promise<EnquiryView>;
  /** @throws {ProblemError} NOT_FOUND, NOT_FIRST_ASKED, ENQUIRY_REPORTED, ENQUIRY_CASE_OPEN, REASON_MISSING, FORBIDDEN */
  report(viewer: Viewer | null, input: ReportEnquiryInput): Promise<EnquiryView>;
}
