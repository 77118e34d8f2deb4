import { z } from 'zod';
import type { Problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { FormField } from './catalogue.ts';
import { matchesPattern } from './form-pattern.ts';

/** One field as the applicant filled it in. */
export const formEntrySchema = z.object({ field: z.string().min(1).max(60), value: z.string().trim().max(2000) });
export type FormEntry = z.infer<typeof formEntrySchema>;

/**
 * Everything that is wrong with a filled form, at once: fields it does not have (Art. 31: nothing unrelated is asked
 * for), fields given twice, required ones without a value, values that don't match. An empty value counts as none.
 */
export function formFaults(fields: readonly FormField[], form: readonly FormEntry[], place = 'form'): Problem[] {
  const fault = (message: string, field: string, article: string | null = null): Problem => ({
    code: 'FORM_INVALID',
    message,
    article,
    field,
    node: null,
  });
  const given = form.flatMap(({ field, value }, i): Problem[] => {
    const known = fields.find((f) => f.name === field);
    if (!known)
      return [fault(`The form has no field "${field}".`, `${place}.${i}.field`, ARTICLES.noUnrelatedMaterials)];
    if (form.findIndex((entry) => entry.field === field) < i) {
      return [fault(`${known.label} (${field}) is given twice.`, `${place}.${i}.field`)];
    }
    if (value !== '' && !matches(known, value)) {
      return [fault(`${known.label} (${field}) is not as the form asks for it.`, `${place}.${i}.value`)];
    }
    return [];
  });
  const missing = fields
    .filter((f) => f.required && !form.some(({ field, value }) => field === f.name && value !== ''))
    .map((f) => fault(`${f.label} (${f.name}) is missing.`, `${place}.${f.name}`));
  return [...given, ...missing];
}

function matches({ pattern }: FormField, value: string): boolean {
  return pattern === null || matchesPattern(pattern, value);
}
