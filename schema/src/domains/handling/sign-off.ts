import { problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Role } from '../../kernel/words.ts';
import { ROLE_LABELS } from '../../kernel/words.ts';
import type { LogActor } from '../../case/log-line.ts';
import type { Desk } from '../../case/step-context.ts';
import type { SignOffLevel } from '../catalogue/item-words.ts';
import { SIGN_OFF_LEVEL_LABELS, SIGN_OFF_LEVELS } from '../catalogue/item-words.ts';

/** The highest level each post signs for (签批层级). */
const SIGNS_UP_TO: Partial<Record<Role, SignOffLevel>> = {
  CLERK: 'WINDOW',
  CHIEF: 'SECTION_HEAD',
  DEPUTY_HEAD: 'DEPUTY_HEAD',
  HEAD: 'HEAD',
};

/**
 * Checks that the signature is as high as the item requires.
 * @throws {ProblemError} SIGN_OFF_TOO_LOW
 */
export function requireSignOff({ item }: Pick<Desk, 'item'>, actor: LogActor): void {
  if (!item.signOff) return;
  const { level } = item.signOff;
  const reach = actor.role && SIGNS_UP_TO[actor.role];
  if (reach && SIGN_OFF_LEVELS.indexOf(reach) >= SIGN_OFF_LEVELS.indexOf(level)) return;
  const post = actor.role && ROLE_LABELS[actor.role];
  throw problem('SIGN_OFF_TOO_LOW', `${item.code} needs ${level} ${SIGN_OFF_LEVEL_LABELS[level]}, not ${post}.`, {
    article: ARTICLES.signOff,
  });
}
