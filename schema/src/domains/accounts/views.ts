import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Role } from '../../kernel/words.ts';
import { view } from '../../operation/operation.ts';
import type { AccountState } from './words.ts';

/** What a person does at a desk, and from when to when. */
export interface DeskPost {
  id: string;
  /** The person: subject of the tokens of this issuer. */
  issuer: string;
  sub: string;
  name: string;
  /** The desk. */
  division: DivisionCode;
  roles: readonly Role[];
  department: string | null;
  /** The centre's window the person sits at. */
  window: string | null;
  from: Day;
  /** The last day; null without an end. */
  until: Day | null;
  givenBy: string;
}

/** A post as the issuer offers it to its person: it names nobody. */
export type HeldPost = Pick<DeskPost, 'id' | 'division' | 'roles' | 'department' | 'window' | 'from' | 'until'>;

/** A login that a desk gave one of its people, without what it is checked with. */
export interface AccountView {
  /** The name given when signing in. */
  username: string;
  /** Subject of the person's tokens: the name, and the desk that keeps the login. */
  sub: string;
  name: string;
  division: DivisionCode;
  state: AccountState;
  openedAt: Date;
  openedBy: string;
  /** Until when the one-time code may be used; null if it was used or there is none. */
  codeUntil: Date | null;
  lastSignInAt: Date | null;
  endedAt: Date | null;
  endedBy: string | null;
  endedReason: string | null;
  /** At this desk, in force today or later. */
  posts: readonly DeskPost[];
}

/** A one-time code: the person chooses a password with it. */
export interface IssuedCodeView {
  account: AccountView;
  /** Shown this once. */
  code: string;
  until: Date;
}

/** What ends when a person leaves the desk. */
export interface LeavingView {
  account: AccountView;
  /** Open cases the person handles, which wait for another handler then. */
  cases: number;
  /** Enterprises whose steward the person is, which wait for another then. */
  enterprises: number;
  /** Devices of the person, and their numbers that no case has. */
  devices: number;
  numbers: number;
}

/** The answer to a right name and password. */
export interface SignedIn {
  sub: string;
  name: string;
  /** The secret is a one-time code: a password must be chosen first. */
  mustChoose: boolean;
}

/** Questions of the token issuer at a gateway. None says more than yes or no to who does not know the password. */
export interface AccountLookup {
  /** The nodes of this host with a login of this name. */
  homesOf(issuer: string, username: string): Promise<DivisionCode[]>;
  /** @returns null for an unknown name and a wrong secret. @throws {ProblemError} RATE_LIMITED */
  signIn(asked: { issuer: string; username: string; secret: string }): Promise<SignedIn | null>;
  /**
   * Takes another password in place of the present one, or of a one-time code.
   * @returns null as {@link AccountLookup.signIn}
   * @throws {ProblemError} BAD_INPUT for a weak password, RATE_LIMITED
   */
  choosePassword(asked: { issuer: string; username: string; secret: string; next: string }): Promise<SignedIn | null>;
  /** Posts of a person at the nodes of this host, in force today. */
  postsOf(issuer: string, sub: string): Promise<HeldPost[]>;
}

export const Account = view<AccountView>('Account');
export const Post = view<DeskPost>('DeskPost', { type: 'DeskPostPayload', field: 'post' });
export const IssuedCode = view<IssuedCodeView>('IssuedCode', { type: 'IssuedCodePayload', field: 'issued' });
export const Leaving = view<LeavingView>('Leaving');
