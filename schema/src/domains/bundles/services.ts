import { z } from 'zod';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { BundleMemberStatus, BundleState, CaseState } from '../../case/words.ts';
import { BUNDLE_STATES, DELIVERY_WAYS } from '../../case/words.ts';
import { idempotencyKey, optionalText, text } from '../../operation/input-parts.ts';
import { applicantInput, consentInput, formInput, materialsInput } from '../../graph/inputs.ts';

export const fileBundleInput = z.object({
  item: text(50),
  /** Where the matter lies; the desk's own division when left out. */
  place: z
    .string()
    .refine(isDivisionCode, 'is no division code')
    .nullish()
    .transform((v) => v ?? null),
  applicant: applicantInput,
  consent: consentInput.nullish().transform((v) => v ?? null),
  form: formInput,
  materials: materialsInput,
  idempotencyKey,
});
export type FileBundleInput = z.infer<typeof fileBundleInput>;

export const deliverBundleInput = z.object({
  id: z.uuid(),
  way: z.enum(DELIVERY_WAYS),
  note: optionalText(1000),
  idempotencyKey,
});
export type DeliverBundleInput = z.infer<typeof deliverBundleInput>;

export const bundleAskedInput = z.object({ id: z.uuid() });

export const bundleFilterInput = z.object({
  item: optionalText(50),
  state: z
    .enum(BUNDLE_STATES)
    .nullish()
    .transform((v) => v ?? null),
});
export type BundleFilter = z.infer<typeof bundleFilterInput>;

export interface BundleMemberView {
  item: string;
  status: BundleMemberStatus;
  case: { id: string; number: string; state: CaseState; custodian: DivisionCode } | null;
  /** Why the clockwork could not file it yet; an error code. */
  fault: string | null;
}

/** 一件事进度: no personal data. */
export interface BundleView {
  id: string;
  item: string;
  node: DivisionCode;
  place: DivisionCode;
  filedAt: Date;
  state: BundleState;
  total: number;
  succeeded: number;
  failed: number;
  members: BundleMemberView[];
}

/** One form, several items, at the desk that took the form in. */
export interface BundleService {
  /** Records the one form and files the first members. @throws {ProblemError} NO_BUNDLE, FORM_INVALID, as fileCase */
  file(viewer: Viewer | null, input: FileBundleInput): Promise<{ bundle: BundleView; trackingCode: string }>;
  /** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  get(viewer: Viewer | null, id: string): Promise<BundleView>;
  /** The newest first, at most 200. */
  list(viewer: Viewer | null, filter: BundleFilter): Promise<BundleView[]>;
  /** Hands everything over together. @throws {ProblemError} BUNDLE_OPEN, as deliverCase */
  deliver(viewer: Viewer | null, input: DeliverBundleInput): Promise<BundleView>;
}
