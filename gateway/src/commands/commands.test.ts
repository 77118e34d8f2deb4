import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Issuer, parsePeople } from '../issuer/index.ts';
import { COUNTY, VILLAGE } from '../testing/memory-federation.ts';
import { runCommand } from './index.ts';
import { signIn } from '../testing/sign-in.ts';

const DIVISIONS = fileURLToPath(new URL('../../../data/taizhou-divisions.csv', import.meta.url));
const PASSWORD = 'a horse on the roof';
const AGENT = ['--name', '包大姐', '--division', VILLAGE, '--roles', 'AGENT'];

let dir: string;
let peopleFile: string;
let keyFile: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-gateway-'));
  peopleFile = join(dir, 'people.json');
  keyFile = join(dir, 'issuer.jwk.json');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Said {
  out: string;
  /** What a terminal showed while a password was typed. */
  shown: string;
}

/** @param typed text from the pipe, or typed at the terminal */
async function run(argv: readonly string[], typed = '', terminal = false): Promise<Said> {
  const said: Said = { out: '', shown: '' };
  const stderr = new PassThrough().on('data', (chunk: Buffer) => (said.shown += chunk.toString('utf8')));
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal, setRawMode: () => stdin });
  stdin.end(typed);
  await runCommand(argv, {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stderr,
    print: (text) => (said.out += text),
    environment: {
      LIANDONG_PEOPLE_FILE: peopleFile,
      LIANDONG_ISSUER_KEY_FILE: keyFile,
      LIANDONG_DIVISIONS_FILE: DIVISIONS,
      LIANDONG_ISSUER: 'embedded',
    },
  });
  return said;
}

const add = (username: string, post: readonly string[] = AGENT, password = PASSWORD) =>
  run(['people', 'add', username, ...post], `${password}\n`);
const people = async () => parsePeople(JSON.parse(await readFile(peopleFile, 'utf8')));
/** The embedded issuer as a gateway opens it from the files. */
const issuer = async () => Issuer.open('embedded', JSON.parse(await readFile(keyFile, 'utf8')), await people());
const code = (code: string, field: string | null = null) =>
  expect.objectContaining({ problems: [expect.objectContaining({ code, ...(field === null ? {} : { field }) })] });

describe('people', () => {
  beforeEach(() => run(['issuer', 'make']));

  test('are added with their post, log in with their password, and are listed without it', async () => {
    await add('bao');
    await add('wang', ['--name', '王芳', '--division', COUNTY, '--roles', 'CLERK,CHIEF', '--department', '民政']);
    const serving = await issuer();
    await signIn(serving, 'bao', PASSWORD);
    await expect(signIn(serving, 'bao', `${PASSWORD} `)).rejects.toThrow(code('UNAUTHENTICATED'));
    const { out } = await run(['people', 'list']);
    expect(out).toBe(`bao\t包大姐\t${VILLAGE}\tAGENT\nwang\t王芳\t${COUNTY}\tCLERK,CHIEF\t民政\n`);
    expect((await run(['people', 'list', '--division', COUNTY])).out).toBe(
      `wang\t王芳\t${COUNTY}\tCLERK,CHIEF\t民政\n`,
    );
  });

  test('get another post and another password, each leaving the other as it was', async () => {
    await add('bao', [...AGENT, '--window', 'A1']);
    await run(['people', 'change', 'bao', '--name', '包小芳', '--window', 'none']);
    const [changed] = await people();
    expect(changed).toMatchObject({ name: '包小芳', division: VILLAGE, roles: ['AGENT'] });
    expect(changed).not.toHaveProperty('window');
    await signIn(await issuer(), 'bao', PASSWORD);
    await run(['people', 'password', 'bao'], 'another horse there\n');
    await signIn(await issuer(), 'bao', 'another horse there');
    await expect(signIn(await issuer(), 'bao', PASSWORD)).rejects.toThrow(code('UNAUTHENTICATED'));
    expect((await people())[0]).toMatchObject({ name: '包小芳' });
  });

  test('are removed, but for the last one, without whom nobody could log in', async () => {
    await add('bao');
    await add('li');
    await run(['people', 'remove', 'bao']);
    expect((await people()).map(({ username }) => username)).toEqual(['li']);
    await expect(run(['people', 'remove', 'li'])).rejects.toThrow(code('BAD_INPUT'));
  });

  test('stand in a file that is its owner’s alone, and stays the owner’s', async () => {
    await add('bao');
    await add('li');
    expect((await stat(peopleFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(peopleFile, 'utf8')).not.toContain(PASSWORD);
  });

  test.each<[string, string[], string, string?]>([
    ['who have a login already', ['bao', ...AGENT], 'BAD_INPUT'],
    ['without a username', [], 'BAD_INPUT', 'username'],
    ['without a name', ['li', '--division', VILLAGE, '--roles', 'AGENT'], 'BAD_INPUT', 'name'],
    ['without a place', ['li', '--name', '李', '--roles', 'AGENT'], 'BAD_INPUT', 'division'],
    ['at a place nobody knows', ['li', '--name', '李', '--division', '331099', '--roles', 'CLERK'], 'UNKNOWN_DIVISION'],
    ['without a role', ['li', '--name', '李', '--division', VILLAGE], 'BAD_INPUT', 'roles'],
    [
      'with a role that is none',
      ['li', '--name', '李', '--division', VILLAGE, '--roles', 'KING'],
      'BAD_INPUT',
      'roles',
    ],
    [
      'with a role that does nothing there',
      ['li', '--name', '李', '--division', VILLAGE, '--roles', 'REVIEWER'],
      'BAD_INPUT',
      'roles',
    ],
  ])('%s are refused, and the file is as before', async (_, argv, refusal, field) => {
    await add('bao');
    const before = await readFile(peopleFile, 'utf8');
    await expect(run(['people', 'add', ...argv], `${PASSWORD}\n`)).rejects.toThrow(code(refusal, field));
    expect(await readFile(peopleFile, 'utf8')).toBe(before);
    // and the next change works
    await add('chen');
  });

  test.each([
    ['change', ['--roles', 'AGENT']],
    ['password', []],
    ['remove', []],
  ])('nobody knows are NOT_FOUND for people %s', async (command, options) => {
    await add('bao');
    await expect(run(['people', command, 'nobody', ...options], `${PASSWORD}\n`)).rejects.toThrow(code('NOT_FOUND'));
  });

  test('whose file somebody else is changing wait for that', async () => {
    await add('bao');
    await writeFile(`${peopleFile}.part`, '');
    await expect(add('li')).rejects.toThrow(code('BAD_INPUT'));
    expect(await readFile(`${peopleFile}.part`, 'utf8')).toBe('');
  });
});

describe('a password', () => {
  test('is asked for twice where somebody types it, and not shown', async () => {
    await run(['people', 'add', 'bao', ...AGENT], `${PASSWORD}\n${PASSWORD}\n`, true);
    await run(['issuer', 'make']);
    await signIn(await issuer(), 'bao', PASSWORD);
    const { shown } = await run(['people', 'password', 'bao'], `${PASSWORD}!\n${PASSWORD}!\n`, true);
    expect(shown).toBe('Password of bao: \nOnce more: \n');
  });

  test.each([
    ['is short', 'kurz 短', false],
    ['is longer than anybody types', 'x'.repeat(201), false],
    ['holds the username', 'the Bao of the village', false],
    ['is not given', '', false],
    ['was typed wrong the second time', `${PASSWORD}\n${PASSWORD}?`, true],
    ['was typed once', PASSWORD, true],
  ])('that %s is refused', async (_, typed, terminal) => {
    const end = typed === '' ? '' : '\n';
    await expect(run(['people', 'add', 'bao', ...AGENT], `${typed}${end}`, terminal)).rejects.toThrow(
      code('BAD_INPUT', 'password'),
    );
    await expect(readFile(peopleFile, 'utf8')).rejects.toThrow('ENOENT');
  });
});

describe('the issuer’s keys', () => {
  const kids = async () => (await issuer()).jwks().keys.map(({ kid }) => kid);
  beforeEach(() => add('bao'));

  test('are made once, private to their owner, and shown in their public half', async () => {
    const { out } = await run(['issuer', 'make']);
    expect(JSON.parse(out)).toEqual([{ issuer: 'embedded', jwks: (await issuer()).jwks() }]);
    expect(out).not.toContain('"d"');
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect((await run(['issuer', 'show'])).out).toBe(out);
    await expect(run(['issuer', 'make'])).rejects.toThrow(code('BAD_INPUT'));
  });

  test('change with overlap: the next is shown, then signs, then the one before is taken away', async () => {
    await run(['issuer', 'make']);
    const [first] = await kids();
    const signing = async () => decodeProtectedHeader((await signIn(await issuer(), 'bao', PASSWORD)).access_token).kid;
    await run(['issuer', 'next']);
    const [, next] = await kids();
    expect(await kids()).toEqual([first, next]);
    expect(await signing()).toBe(first);
    await expect(run(['issuer', 'next'])).rejects.toThrow(code('BAD_INPUT'));
    await run(['issuer', 'switch']);
    expect(await kids()).toEqual([next, first]);
    expect(await signing()).toBe(next);
    await run(['issuer', 'retire']);
    expect(await kids()).toEqual([next]);
    await expect(run(['issuer', 'switch'])).rejects.toThrow(code('BAD_INPUT'));
  });

  test.each(['next', 'switch', 'retire'])('that are away or damaged are named by issuer %s', async (command) => {
    await expect(run(['issuer', command])).rejects.toThrow(code('BAD_CONFIG'));
    await writeFile(keyFile, '{"keys": []}');
    await expect(run(['issuer', command])).rejects.toThrow(code('BAD_CONFIG'));
    await writeFile(keyFile, 'a key');
    await expect(run(['issuer', command])).rejects.toThrow(code('BAD_CONFIG'));
  });
});

describe('a command', () => {
  test.each([[[]], [['--help']], [['people', '-h']]])('%j tells what there is', async (argv) => {
    const { out } = await run(argv);
    for (const command of ['people add', 'people list', 'issuer next', 'issuer retire']) expect(out).toContain(command);
  });

  test.each([
    [['people']],
    [['people', 'sack', 'bao']],
    [['issuer', 'make', 'one', 'more']],
    [['people', 'list', '--password', 'x']],
  ])('%j is BAD_INPUT', async (argv) => {
    await expect(run(argv)).rejects.toThrow(code('BAD_INPUT'));
  });

  test('whose file is named nowhere says by which names it may be', async () => {
    const nowhere = { stdin: process.stdin, stderr: process.stderr, environment: {}, print: () => undefined };
    await expect(runCommand(['people', 'list'], nowhere)).rejects.toThrow(/--file or LIANDONG_PEOPLE_FILE/);
    await expect(runCommand(['people', 'list', '--file', join(dir, 'away')], nowhere)).rejects.toThrow(
      code('BAD_CONFIG'),
    );
  });
});
