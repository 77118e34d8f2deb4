import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { ROLE, ROLES } from '../../kernel/words.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, word } from '../../operation/fields.ts';
import { dayInput, optionalDay, optionalText, text } from '../../operation/input-parts.ts';
import { mutation, pageOf, query } from '../../operation/operation.ts';
import type { Route } from '../../operation/route.ts';
import { ASKED_DIVISION, byKeys } from '../../operation/route.ts';
import { USERNAME } from './rules.ts';
import { Account, IssuedCode, Leaving, Post } from './views.ts';

const division = askedDivision.meta({ description: "The desk; the viewer's own when left out." });
const asked = { by: 'READ_ACCOUNTS', article: ARTICLES.postDuties, route: ASKED_DIVISION } as const;
const kept = {
  by: 'KEEP_ACCOUNTS',
  article: ARTICLES.postDuties,
  desk: 'WITHIN',
  route: { by: 'division', path: ['input', 'division'], otherwise: 'viewer' } satisfies Route,
} as const;

const username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(USERNAME, 'is no name such as baojia-agent: 4 to 40 small letters, digits, dots and hyphens')
  .meta({ scalar: 'ID' });
const reason = text(500);
const post = {
  roles: z
    .array(word(ROLE, ROLES))
    .min(1)
    .max(ROLES.length)
    .transform((given) => ROLES.filter((role) => given.includes(role))),
  department: optionalText(50).meta({ description: 'Left out at a comprehensive window, and for the centre.' }),
  window: optionalText(10).meta({ description: "Code of the centre's window the person sits at." }),
  from: dayInput,
  until: optionalDay.meta({ description: 'The last day.' }),
};

/** @throws {ProblemError} FORBIDDEN outside the viewer's division; BAD_INPUT for a cursor of another list */
export const accounts = query('accounts', {
  ...asked,
  zh: '账号',
  about: 'logins that a desk gave its people, ended ones included, by name.',
  input: { division },
  answer: pageOf(Account),
});

/** Of people with a login elsewhere too. @throws {ProblemError} FORBIDDEN, BAD_INPUT as {@link accounts} */
export const deskPosts = query('deskPosts', {
  ...asked,
  zh: '岗位人员',
  about: 'who holds which post at a desk, past ones included, the newest first.',
  input: { division },
  answer: pageOf(Post),
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const leaving = query('leaving', {
  ...asked,
  zh: '离岗预览',
  about:
    'what would end with a login: posts, devices with their numbers, and the cases that wait for another handler then.',
  input: { division, username },
  answer: Leaving,
});

/**
 * A name that another desk of the site gave is refused, as far as this host knows.
 * @throws {ProblemError} ACCOUNT_CONFLICT, BAD_INPUT
 */
export const openAccount = mutation('openAccount', {
  ...kept,
  zh: '开通账号',
  about: 'gives a person a login with a post, and a one-time code with which they choose a password within a day.',
  input: { division, username, name: text(100), ...post },
  answer: IssuedCode,
});

/** @throws {ProblemError} NOT_FOUND, ACCOUNT_CONFLICT for an ended login, FORBIDDEN for the own one */
export const renewCode = mutation('renewCode', {
  ...kept,
  zh: '重置密码',
  about: 'a one-time code for a person who forgot the password, which ends at once.',
  input: { division, username },
  answer: IssuedCode,
});

/**
 * The person may have the login at another desk.
 * @throws {ProblemError} BAD_INPUT, ACCOUNT_CONFLICT for an ended login, FORBIDDEN for oneself
 */
export const givePost = mutation('givePost', {
  ...kept,
  zh: '任岗',
  about: 'gives a person a post at the desk, beside those they have; they choose one when signing in.',
  input: {
    division,
    sub: id(200).meta({ description: 'The person: `sub` of the login. @example baojia-agent@331022103201' }),
    name: text(100),
    ...post,
  },
  answer: Post,
});

/** @throws {ProblemError} NOT_FOUND, LAST_ADMINISTRATOR, FORBIDDEN for oneself */
export const endPost = mutation('endPost', {
  ...kept,
  zh: '免岗',
  about:
    'ends a post at once. With the last one at the desk, the cases the person handles there wait for another, and their devices end.',
  input: { division, id: z.uuid().meta({ scalar: 'ID' }), reason },
  answer: Post,
});

/** @throws {ProblemError} NOT_FOUND, ACCOUNT_CONFLICT when it has ended, LAST_ADMINISTRATOR, FORBIDDEN for oneself */
export const endAccount = mutation('endAccount', {
  ...kept,
  zh: '停用账号',
  about:
    'a person leaves: login, posts and devices at the desk end at once, and the cases they handle wait for another.',
  input: { division, username, reason },
  answer: Leaving,
});

/** 人员账号: the logins a desk gives its people, and who holds which post there. */
export const accountsDomain = domain('accounts', {
  zh: '人员账号',
  role: 'roster',
  lookups: { _accountHomes: byKeys(), _signIns: byKeys(), _passwordChoices: byKeys(), _heldPosts: byKeys() },
  operations: { accounts, deskPosts, leaving, openAccount, renewCode, givePost, endPost, endAccount },
});
