/** 人员账号: logins of a desk's people, their posts, and what a token must agree with. */
export { accountsDomain } from './operations.ts';
export {
  CODE_MS,
  FREE_FAILURES,
  isHeld,
  LOCKED_MS,
  PASSWORD_LENGTH,
  requireAdministratorLeft,
  requireAnother,
  requireHeldPost,
  requirePassword,
  requirePost,
  signInName,
  subjectOf,
  worksAt,
} from './rules.ts';
export type { AccountLookup, AccountView, DeskPost, HeldPost, IssuedCodeView, LeavingView, SignedIn } from './views.ts';
export type { AccountState } from './words.ts';
