import { problem } from '../../kernel/errors.ts';
import type { RenewalData } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { endOfDay, plusDays } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Item } from '../catalogue/catalogue.ts';

/**
 * The last day for a renewal's application: thirty days before expiry, or as the item's basis says (Art. 50). Plain
 * days: Art. 82 counts only the organ's limits in working days, and a shorter advance is better for the applicant.
 */
export function lastRenewalDay({ renewalDays }: Pick<Item, 'renewalDays'>, expiresOn: Day): Day {
  return plusDays(expiresOn, -renewalDays);
}

/**
 * Checks a renewal: only a licence can be renewed, and only in time; a later application is filed as a new one.
 * @throws {ProblemError} BAD_INPUT, RENEWAL_TOO_LATE
 */
export function requireRenewable(item: Item, renewal: RenewalData, today: Day): void {
  if (item.kind !== 'LICENSE') {
    throw problem('BAD_INPUT', `${item.code} is no licence; only licences are renewed.`, {
      article: ARTICLES.renewal,
      field: 'renewal',
    });
  }
  const last = lastRenewalDay(item, renewal.expiresOn);
  if (today <= last) return;
  throw problem('RENEWAL_TOO_LATE', `Its renewal was to be asked for by ${last}; file it as a new application.`, {
    article: ARTICLES.renewal,
    field: 'renewal.expiresOn',
  });
}

/**
 * When a case counts as granted if nothing is decided: the end of the licence's last day (Art. 50). No special procedure
 * stops it. Null where nothing is renewed, where it is settled, and where the applicant completed it after that day.
 */
export function renewalDueAt({ renewal, state }: Pick<CaseFile, 'renewal' | 'state'>): Date | null {
  if (!renewal?.completeAt) return null;
  if (state !== 'FILED' && state !== 'ACCEPTED' && state !== 'REVIEWED') return null;
  const due = endOfDay(renewal.expiresOn);
  return renewal.completeAt <= due ? due : null;
}

/** Whether the law has already decided; the case is not decided again. */
export function isDeemedRenewed(file: Pick<CaseFile, 'renewal' | 'state'>, at: Date): boolean {
  const due = renewalDueAt(file);
  return due !== null && at > due;
}

/** @throws {ProblemError} RENEWAL_EXPIRED */
export function requireNotDeemedRenewed(file: Pick<CaseFile, 'renewal' | 'state'>, at: Date): void {
  if (!isDeemedRenewed(file, at)) return;
  throw problem(
    'RENEWAL_EXPIRED',
    `The licence expired on ${file.renewal?.expiresOn}; its renewal counts as granted.`,
    {
      article: ARTICLES.renewal,
    },
  );
}
