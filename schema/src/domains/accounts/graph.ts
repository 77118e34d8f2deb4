import { ProblemError } from '../../kernel/errors.ts';
import { ROLE } from '../../kernel/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import { addOperations } from '../../operation/graph.ts';
import { accountsDomain } from './operations.ts';
import type { AccountLookup, AccountView, DeskPost, IssuedCodeView, LeavingView } from './views.ts';
import { ACCOUNT_STATE } from './words.ts';

/** Logins and posts of a desk's people, in the role of the posts. */
export function addAccounts(role: RoleBuilder): void {
  const { builder } = role;
  const Post = postType(role);
  const Account = accountType(role, Post);
  const IssuedCode = builder.objectRef<IssuedCodeView>('IssuedCode').implement({
    description: '一次性启用码: shown this once, and handed to the person on paper.',
    fields: (t) => ({
      account: t.field({ type: Account, nullable: false, resolve: (c) => c.account }),
      code: t.exposeString('code', { nullable: false }),
      until: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.until }),
    }),
  });
  const Leaving = builder.objectRef<LeavingView>('Leaving').implement({
    description: '离岗: a login, and what ends with it.',
    fields: (t) => ({
      account: t.field({ type: Account, nullable: false, resolve: (l) => l.account }),
      cases: t.exposeInt('cases', {
        nullable: false,
        description: 'Open cases the person handles at this desk, which wait for another handler then.',
      }),
      enterprises: t.exposeInt('enterprises', {
        nullable: false,
        description: 'Enterprises whose steward the person is, which wait for another then.',
      }),
      devices: t.exposeInt('devices', { nullable: false, description: 'Devices of the person, which end.' }),
      numbers: t.exposeInt('numbers', {
        nullable: false,
        description: 'Case numbers taken ahead that no case has; they are taken back.',
      }),
    }),
  });
  addOperations(role, accountsDomain, { Account, DeskPost: Post, IssuedCode, Leaving });
  addIssuersQuestions(role);
}

type PostType = ReturnType<typeof postType>;

function postType({ builder, enumOf, refs }: RoleBuilder) {
  return builder.objectRef<DeskPost>('DeskPost').implement({
    description: '岗位: what a person does at a desk.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      sub: t.exposeID('sub', { nullable: false, description: "Subject of the person's tokens." }),
      name: t.exposeString('name', { nullable: false }),
      desk: t.field({ type: refs.Division, resolve: (p) => p.division }),
      roles: t.field({ type: [enumOf(ROLE)], nullable: false, resolve: (p) => [...p.roles] }),
      department: t.exposeString('department'),
      window: t.exposeString('window', { description: "Code of the centre's window the person sits at." }),
      from: t.field({ type: 'Date', nullable: false, resolve: (p) => p.from }),
      until: t.field({ type: 'Date', description: 'The last day.', resolve: (p) => p.until }),
      givenBy: t.exposeString('givenBy', { nullable: false }),
    }),
  });
}

function accountType({ builder, enumOf, refs }: RoleBuilder, Post: PostType) {
  return builder.objectRef<AccountView>('Account').implement({
    description: '账号: a login of a person, without what it is checked with.',
    fields: (t) => ({
      username: t.exposeID('username', { nullable: false, description: 'The name given when signing in.' }),
      sub: t.exposeID('sub', { nullable: false, description: "Subject of the person's tokens." }),
      name: t.exposeString('name', { nullable: false }),
      desk: t.field({ type: refs.Division, description: 'The desk that keeps it.', resolve: (a) => a.division }),
      state: t.field({ type: enumOf(ACCOUNT_STATE), nullable: false, resolve: (a) => a.state }),
      openedAt: t.field({ type: 'DateTime', nullable: false, resolve: (a) => a.openedAt }),
      openedBy: t.exposeString('openedBy', { nullable: false }),
      codeUntil: t.field({
        type: 'DateTime',
        description: 'Until when the one-time code may be used; null if it was used.',
        resolve: (a) => a.codeUntil,
      }),
      lastSignInAt: t.field({ type: 'DateTime', resolve: (a) => a.lastSignInAt }),
      endedAt: t.field({ type: 'DateTime', resolve: (a) => a.endedAt }),
      endedBy: t.exposeString('endedBy'),
      endedReason: t.exposeString('endedReason'),
      posts: t.field({
        type: [Post],
        nullable: false,
        description: 'At this desk, those in force and those to come.',
        resolve: (a) => [...a.posts],
      }),
    }),
  });
}

interface Asked {
  issuer: string;
  who: string;
  secret: string;
  next: string;
}

/** Batched questions of the token issuer at a gateway. They carry JSON, since only the gateway reads it. */
function addIssuersQuestions({ builder }: RoleBuilder): void {
  const Key = builder.inputType('AccountKey', {
    fields: (t) => ({
      at: t.id({ required: true }),
      via: t.id(),
      issuer: t.string({ required: true }),
      who: t.string({ required: true, description: 'The name given when signing in, or `sub`.' }),
      secret: t.string(),
      next: t.string(),
    }),
  });
  const question = (name: string, answer: (accounts: AccountLookup, asked: Asked) => Promise<unknown>) =>
    builder.queryField(name, (t) =>
      t.field({
        extensions: OPENS_AS_PUBLIC,
        type: ['String'],
        nullable: { list: false, items: true },
        args: { keys: t.arg({ type: [Key], required: true }) },
        resolve: (_, { keys }, context) =>
          answerKeys(keys, (node, some) => {
            const { accounts } = context.services(node);
            return Promise.all(some.map((key) => said(() => answer(accounts, filled(key)))));
          }),
      }),
    );
  question('_accountHomes', (accounts, { issuer, who }) => accounts.homesOf(issuer, who));
  question('_signIns', (accounts, { issuer, who: username, secret }) => accounts.signIn({ issuer, username, secret }));
  question('_passwordChoices', (accounts, { issuer, who: username, secret, next }) =>
    accounts.choosePassword({ issuer, username, secret, next }),
  );
  question('_heldPosts', (accounts, { issuer, who }) => accounts.postsOf(issuer, who));
}

interface GivenKey {
  issuer: string;
  who: string;
  secret?: string | null | undefined;
  next?: string | null | undefined;
}
const filled = ({ issuer, who, secret, next }: GivenKey): Asked => ({
  issuer,
  who,
  secret: secret ?? '',
  next: next ?? '',
});

/** An answer as JSON; a refusal costs its key only. */
async function said(answer: () => Promise<unknown>): Promise<string | ProblemError> {
  try {
    return JSON.stringify(await answer());
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}
