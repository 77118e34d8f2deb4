// An administrator of the county gives a village agent a login with two posts. The agent chooses a password, signs in
// and chooses a post. Then the agent leaves, and the token is worth nothing any more.
import { ask, GATEWAY, signIn } from './ask.mjs';

const administrator = await signIn('county-administrator');
const username = `agent-${Date.now().toString(36)}`;
const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const VILLAGE = '331022103201';
const TOWNSHIP = '331022103';

const { openAccount } = await ask(
  `mutation ($input: OpenAccountInput!) {
    openAccount(input: $input) { issued { code until account { sub state } } errors { code message } }
  }`,
  { input: { division: VILLAGE, username, name: '包小芳', roles: ['AGENT'], from: today } },
  administrator,
);
const { issued } = openAccount;
console.log(`账号 ${issued.account.sub} ${issued.account.state}, 启用码 ${issued.code}`);

await ask(
  `mutation ($input: GivePostInput!) { givePost(input: $input) { post { id } errors { code message } } }`,
  {
    input: { division: TOWNSHIP, sub: issued.account.sub, name: '包小芳', roles: ['AGENT'], from: today },
  },
  administrator,
);

/** Sends a form to the issuer. */
const send = (path, form) => fetch(`${GATEWAY}/issuer/${path}`, { method: 'POST', body: new URLSearchParams(form) });
const password = 'correct horse battery';
const chosen = await send('password', { username, password: issued.code, new_password: password });
console.log(`设定密码 ${chosen.status}`);

const form = { grant_type: 'password', username, password };
let offered = await (await send('token', form)).json();
// a host that gave no answer in time may know the other post
for (let tries = 1; offered.incomplete && tries < 5; tries++) offered = await (await send('token', form)).json();
if (!offered.posts) throw new Error(offered.error_description ?? 'The second post was not found.');
for (const { division, roles } of offered.posts) console.log(`岗位 ${division} ${roles.join(' ')}`);
const village = offered.posts.find(({ division }) => division === VILLAGE);
const { access_token: token } = await (await send('token', { ...form, post: village.id })).json();
const { unreadSignals } = await ask('query { unreadSignals { count } }', {}, token);
console.log(`登录, 未读提醒 ${unreadSignals.count}`);

const { endAccount } = await ask(
  `mutation ($input: EndAccountInput!) {
    endAccount(input: $input) { leaving { cases account { state endedReason } } errors { code message } }
  }`,
  { input: { division: VILLAGE, username, reason: '调离' } },
  administrator,
);
const { account, cases } = endAccount.leaving;
console.log(`${account.state} ${account.endedReason}, 待重新认领 ${cases}`);
await ask('query { unreadSignals { count } }', {}, token).catch((error) => console.log(error.message));
