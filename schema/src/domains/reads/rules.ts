import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';

/** Why a number is to be shown in the clear. May be empty: {@link requirePurpose} refuses that, and cites its source. */
export const purpose = z
  .string()
  .trim()
  .max(200)
  .meta({ description: 'Why it is needed; the person it is about can read it.' });

/**
 * Checks the purpose for which a number is shown in the clear (个人信息保护法 Art. 6). It names no number itself, because
 * the log of reads holds no personal data.
 * @throws {ProblemError} REASON_MISSING, BAD_INPUT
 */
export function requirePurpose(stated: string): void {
  if (stated === '') {
    throw problem('REASON_MISSING', 'Say what the number is needed for.', {
      article: ARTICLES.statedPurpose,
      field: 'purpose',
    });
  }
  requireNoPersonalData(stated, 'purpose');
}
