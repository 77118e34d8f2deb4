import { readJson } from '@liandong/runtime';
import { problem } from '@liandong/schema/kernel';
import type { JWK } from 'jose';
import { Issuer, generateIssuerKey, parseIssuerKeys } from '../issuer/index.ts';
import type { Command, Terminal, Values } from './command.ts';
import { fileOf } from './command.ts';
import { changeJsonFile } from './private-file.ts';

export const ISSUER_USAGE = `  issuer make                               make the embedded issuer's first key
  issuer next                               make the next key: shown beside the first, and not signed with yet
  issuer switch                             sign with the next key; the ones before are still shown
  issuer retire                             take away every key but the one that signs, when a working day is over
  issuer show                               print what LIANDONG_ISSUERS_FILE lists of this issuer: public keys alone
                                            all in --file, or LIANDONG_ISSUER_KEY_FILE
`;

const ENVIRONMENT = 'LIANDONG_ISSUER_KEY_FILE';

export const ISSUER_COMMANDS: Readonly<Record<string, Command>> = {
  'issuer make': async (terminal, values) => {
    await changeJsonFile(keyFile(terminal, values), async (content) => {
      if (content !== null) throw problem('BAD_INPUT', 'The issuer has a key; issuer next makes another.');
      return { keys: [await generateIssuerKey()] };
    });
    await show(terminal, values);
  },
  'issuer next': (terminal, values) =>
    changed(terminal, values, async (keys) => {
      if (keys.length > 1) throw problem('BAD_INPUT', 'There is a next key already: issuer switch, or issuer retire.');
      return [...keys, await generateIssuerKey()];
    }),
  'issuer switch': (terminal, values) =>
    changed(terminal, values, async ([first, next, ...others]) => {
      if (!first || !next) throw problem('BAD_INPUT', 'There is no next key; issuer next makes one.');
      return [next, first, ...others];
    }),
  'issuer retire': (terminal, values) => changed(terminal, values, async (keys) => keys.slice(0, 1)),
  'issuer show': show,
};

const keyFile = (terminal: Terminal, values: Values) => fileOf(terminal, values, 'file', ENVIRONMENT);

async function changed(terminal: Terminal, values: Values, change: (keys: JWK[]) => Promise<JWK[]>): Promise<void> {
  await changeJsonFile(keyFile(terminal, values), async (content) => {
    const keys = await parseIssuerKeys(content);
    return { keys: await change(keys.map(({ jwk }) => jwk)) };
  });
  await show(terminal, values);
}

async function show(terminal: Terminal, values: Values): Promise<void> {
  const name = terminal.environment['LIANDONG_ISSUER'] ?? 'liandong-embedded';
  const issuer = await Issuer.open(name, await readJson(keyFile(terminal, values)), []);
  terminal.print(`${JSON.stringify([{ issuer: name, jwks: issuer.jwks() }], null, 2)}\n`);
}
