import { z } from 'zod';
import type { Problem } from '../kernel/errors.ts';
import { ProblemError } from '../kernel/errors.ts';
import { isDivisionCode } from '../kernel/divisions.ts';
import { ARTICLES } from '../kernel/articles.ts';
import { isIdNumber } from '../kernel/identity-numbers.ts';
import { isDay } from '../kernel/calendar.ts';
import { formEntrySchema } from '../domains/catalogue/forms.ts';
import { CONSENT_WAYS } from '../domains/proxy/words.ts';
import { ID_TYPES } from '../case/words.ts';
import type { Grade } from '../case/words.ts';
import { word } from '../operation/fields.ts';
import { idempotencyKey, optionalText, paperNumber, phone, text } from '../operation/input-parts.ts';

/** Largest material, in bytes. */
export const MAX_MATERIAL_BYTES = 10 * 1024 * 1024;
/** Most bytes of one request's materials together. */
export const MAX_REQUEST_BYTES = 30 * 1024 * 1024;
/** What resident windows scan: photographs, PDF, office documents and plain text. */
export const MATERIAL_MEDIA_TYPES = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'text/plain',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const;

const amountFen = z
  .int()
  .min(0)
  .nullish()
  .transform((v) => v ?? null);

const materialInput = z.object({
  name: text(100),
  fileName: text(200),
  mediaType: z.enum(MATERIAL_MEDIA_TYPES).meta({ scalar: 'String' }),
  /** Base64 of the bytes. */
  content: z
    .string()
    .min(4, 'has no bytes')
    .max(Math.ceil(MAX_MATERIAL_BYTES / 3) * 4, `is above ${MAX_MATERIAL_BYTES} bytes`)
    .meta({ scalar: 'Base64', description: 'The bytes, at most 10 MiB.' }),
});
export type MaterialInput = z.infer<typeof materialInput>;

/** Bytes that base64 text stands for. */
function bytesOf(base64: string): number {
  return Math.floor(base64.replace(/=+$/, '').length * 0.75);
}

/** Materials that are handed in together. @param nameSays what the graph says of a material's name */
const materialsOf = (nameSays?: string) =>
  z
    .array(
      materialInput.extend({ name: nameSays === undefined ? text(100) : text(100).meta({ description: nameSays }) }),
    )
    .max(50)
    .refine(
      (list) => list.reduce((sum, m) => sum + bytesOf(m.content), 0) <= MAX_REQUEST_BYTES,
      `are above ${MAX_REQUEST_BYTES} bytes together; hand the rest in with a supplement`,
    );
export const materialsInput = materialsOf();
/** Materials of a bundle's one form. */
export const bundleMaterialsInput = materialsOf('Goes to every member that asks for a material of this name.').meta({
  inputType: 'BundleMaterialInput',
});

export const applicantInput = z
  .object({
    name: text(100),
    idType: word('IdType', ID_TYPES),
    idNumber: paperNumber,
    phone,
  })
  .superRefine((applicant, context) => {
    if (isIdNumber(applicant.idType, applicant.idNumber)) return;
    const standard = applicant.idType === 'RESIDENT_ID' ? ARTICLES.residentId : ARTICLES.socialCreditCode;
    context.addIssue({
      code: 'custom',
      path: ['idNumber'],
      message: `is no valid ${applicant.idType} (${standard})`,
      params: { article: standard },
    });
  });

const consentDay = z
  .string()
  .refine(isDay, 'is no day')
  .nullish()
  .transform((v) => v ?? undefined)
  .optional();
export const consentInput = z.object({
  givenBy: text(100),
  way: word('ConsentWay', CONSENT_WAYS),
  scope: text(200),
  givenAt: z.iso
    .datetime({ offset: true })
    .transform((v) => new Date(v).toISOString())
    .meta({ scalar: 'DateTime' }),
  /** First and last day; from the day it was given, and to the end of the case, where left out. */
  from: consentDay,
  until: consentDay,
});

/** 延续: the licence's number and the last day it holds. */
export const renewalInput = z.object({ licence: text(100), expiresOn: z.string().refine(isDay, 'is no day') });

/** One of the organ's staff. */
export const staffInput = z.object({ sub: text(200), name: text(100) });

/** What the item's form asks for. */
export const formInput = z.array(formEntrySchema).max(200);

export const fileCaseInput = z.object({
  item: text(50),
  /** Where the matter lies; the desk's own division when left out. */
  place: z
    .string()
    .refine(isDivisionCode, 'is no division code')
    .nullish()
    .transform((v) => v ?? null),
  applicant: applicantInput,
  consent: consentInput.nullish().transform((v) => v ?? null),
  /** The amount asked for, in fen, where one is. */
  amountFen,
  form: formInput.nullish(),
  renewal: renewalInput.nullish(),
  materials: materialsInput,
  /** The enquiry it grew out of. */
  enquiry: text(100).nullish(),
  /** The project it is filed for. */
  project: text(100).nullish(),
  idempotencyKey,
});
export type FileCaseInput = z.infer<typeof fileCaseInput>;

const id = text(100);
export const supplementCaseInput = z.object({
  id,
  materials: materialsInput.min(1, 'need at least one'),
  note: optionalText(1000),
  idempotencyKey,
});
export type SupplementCaseInput = z.infer<typeof supplementCaseInput>;

export const fileDraftInput = z.object({ id, materials: materialsInput, idempotencyKey });
export type FileDraftInput = z.infer<typeof fileDraftInput>;

const grade = z
  .int()
  .min(1)
  .max(5)
  .transform((v) => v as Grade);
export const rateServiceInput = z.object({ number: text(60), code: text(20), grade, idempotencyKey });
export type RateServiceInput = z.infer<typeof rateServiceInput>;

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
