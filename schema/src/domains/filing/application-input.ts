import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { isDay } from '../../kernel/calendar.ts';
import { isIdNumber } from '../../kernel/identity-numbers.ts';
import { ID_TYPE, ID_TYPES } from '../../case/words.ts';
import { word } from '../../operation/fields.ts';
import { paperNumber, phone, text } from '../../operation/input-parts.ts';
import { formEntrySchema } from '../catalogue/forms.ts';
import { CONSENT_WAY, CONSENT_WAYS } from '../proxy/words.ts';

// The content of an application, for one case or for a bundle of several.

export const applicantInput = z
  .object({
    name: text(100),
    idType: word(ID_TYPE, ID_TYPES),
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
  .optional()
  .meta({ scalar: 'Date' });
export const consentInput = z.object({
  givenBy: text(100),
  way: word(CONSENT_WAY, CONSENT_WAYS),
  scope: text(200),
  givenAt: z.iso
    .datetime({ offset: true })
    .transform((v) => new Date(v).toISOString())
    .meta({ scalar: 'DateTime' }),
  from: consentDay.meta({ description: 'Its first day; the day it was given when left out.' }),
  until: consentDay.meta({ description: 'Its last day; the end of the case when left out.' }),
});

/** 延续: the licence's number and the last day it holds. */
export const renewalInput = z.object({
  licence: text(100).meta({ description: "The licence's own number." }),
  expiresOn: z.string().refine(isDay, 'is no day').meta({ scalar: 'Date', description: 'The last day it holds.' }),
});

/** 补录: an application that a desk received while there was no line. */
export const lateInput = z.object({
  device: z.uuid().meta({ scalar: 'ID', description: 'The device of the person who took it in.' }),
  number: text(60).meta({ description: 'One of the numbers the device had taken for that day.' }),
  receivedAt: z.iso
    .datetime({ offset: true })
    .transform((v) => new Date(v))
    .meta({ scalar: 'DateTime', description: "When the desk received it, by the device's clock." }),
});

/** Entries of the item's form. */
export const formInput = z.array(formEntrySchema).max(200);
