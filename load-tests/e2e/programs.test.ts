import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNatsServer, freePort } from '@liandong/runtime/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROJECT_DIR = fileURLToPath(new URL('../../', import.meta.url));
const DEMO = join(PROJECT_DIR, 'load-tests/dist/demo/main.js');
const HOST = join(PROJECT_DIR, 'nodes/dist/programs/main.js');
const CLI = join(PROJECT_DIR, 'nodes/dist/programs/cli.js');
const GATEWAY = join(PROJECT_DIR, 'gateway/dist/programs/main.js');

/** A temporary directory of its own, so that files a program leaves behind are found. */
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'liandong-e2e-'));
  // PostgreSQL runs as a user of its own and must be able to enter
  await chmod(temporary, 0o755);
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

interface Ended {
  code: number;
  out: string;
  err: string;
}

function start(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString('utf8')));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code: code ?? 255, ...said })));
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => said.out.includes(text) && resolve();
      child.stdout.on('data', look);
      void ended.then((e) => reject(new Error(`ended without saying "${text}": ${e.err}`)));
      look();
    });
  return { child, ended, says };
}

const run = (program: string, args: readonly string[], env: Record<string, string> = {}) =>
  start(program, args, env).ended;

/** Processes that still run below the temporary directory, by their command lines. */
async function leftovers(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(temporary));
}

/** Expects a clear sentence: a code, no stack. */
function expectSentence({ code, err }: Ended, problem: string): void {
  expect(err).toMatch(new RegExp(`^${problem}: `));
  expect(err).not.toMatch(/\n\s+at /);
  expect(code).not.toBe(0);
}

/** The parts of the demo's output that README shows. */
const PRINTED = [
  'competence(item: "3310-MZ-002", division: "331022103201", amountFen: 80000)',
  '  决定 亭旁镇   331022103 亭旁镇 decides: 委托 by 331022',
  '  决定 三门县   331022 三门县 decides',
  '  compared with 台州市: no drift; 7 of 7 nodes answered',
  '  compared with 台州市: no drift; 6 of 7 nodes answered, silent: 珠岙镇 (',
];

/** Expects a report in which every journey has its expected result. */
function expectAllRight(json = ''): void {
  const report = JSON.parse(json) as { journeys: { outcome: string }[] };
  expect(report).toMatchObject({
    ok: true,
    rollup: { division: '331000', filed: 4, closed: 4, coverage: { complete: true } },
    delegation: { ok: true, decidedBy: '331022103', inNameOf: '331022', afterRevocation: '331022' },
    oneForm: { ok: true, state: 'DELIVERED', succeeded: 5, delivered: 5 },
    proxy: { ok: true, whileAway: '包志强', afterwards: '包小芳' },
    joint: { ok: true, outcome: 'GRANTED', state: 'CLOSED', corrections: { mandatory: 1, made: 1 } },
  });
  expect(report.journeys.map((j) => j.outcome)).toEqual(['GRANTED', 'GRANTED', 'GRANTED', 'GRANTED']);
}

describe('the demo', () => {
  test('ends by itself with status 0, one JSON object on the last line, and nothing left behind', async () => {
    const { code, out } = await run(DEMO, ['--once', '--json', '--port', String(await freePort())]);
    expect(code).toBe(0);
    expectAllRight(out.trimEnd().split('\n').at(-1));
    expect(PRINTED.filter((line) => out.includes(line))).toEqual([]);
    expect(await leftovers()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('prints what README shows and keeps serving, also after another, until Ctrl-C stops everything', async () => {
    const port = await freePort();
    const demo = start(DEMO, ['--print', '--json', '--port', String(port)]);
    await demo.says('Ctrl-C stops everything.');
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    expect((await leftovers()).length).toBeGreaterThan(0);
    demo.child.kill('SIGINT');
    const { code, out } = await demo.ended;
    expect(code).toBe(130);
    expectAllRight(out.split('\n').find((line) => line.startsWith('{')));
    expect(PRINTED.filter((line) => out.includes(line))).toEqual(PRINTED);
    expect(await leftovers()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('stopped in the middle of its start leaves nothing behind', async () => {
    const demo = start(DEMO, ['--port', String(await freePort())]);
    await demo.says('started nats-server');
    demo.child.kill('SIGINT');
    expect((await demo.ended).code).toBe(130);
    expect(await leftovers()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('whose reader goes away stops without a word and leaves nothing behind', async () => {
    const demo = start(DEMO, ['--port', String(await freePort())]);
    demo.child.stdout.destroy();
    expect(await demo.ended).toMatchObject({ code: 130, err: '' });
    expect(await leftovers()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('killed outright takes its services and hosts with it', async () => {
    const demo = start(DEMO, ['--port', String(await freePort())]);
    // all its processes run by then
    await demo.says('started gateway');
    expect((await leftovers()).length).toBeGreaterThan(0);
    demo.child.kill('SIGKILL');
    await demo.ended;
    for (let tries = 0; tries < 200 && (await leftovers()).length > 0; tries++)
      await new Promise((r) => setTimeout(r, 100));
    expect(await leftovers()).toEqual([]);
  });

  test('on a port that is taken says so and leaves nothing behind', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    expectSentence(await run(DEMO, ['--once', '--port', String(port)]), 'BAD_CONFIG');
    server.close();
    expect(await leftovers()).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('where PostgreSQL can not get at its files says so and leaves nothing behind', async () => {
    const closed = await mkdtemp(join(temporary, 'closed-'));
    expectSentence(await run(DEMO, ['--once', '--port', String(await freePort())], { TMPDIR: closed }), 'BAD_CONFIG');
    expect(await leftovers()).toEqual([]);
    expect(await readdir(closed)).toEqual([]);
    await rm(closed, { recursive: true });
  });

  test('refuses options it does not know and a port that is none', async () => {
    expectSentence(await run(DEMO, ['--twice']), 'BAD_INPUT');
    expectSentence(await run(DEMO, ['--port', 'x']), 'BAD_INPUT');
  });

  test('without a broker says how to get one', () => {
    expect(() => findNatsServer('/nowhere', [])).toThrow(expect.objectContaining({ code: 'BROKER_UNAVAILABLE' }));
  });
});

describe('the programs', () => {
  test('without settings name every one that is missing', async () => {
    const host = await run(HOST, []);
    expectSentence(host, 'BAD_CONFIG');
    expect(host.err).toContain('LIANDONG_DATABASE_URL');
    const gateway = await run(GATEWAY, []);
    expectSentence(gateway, 'BAD_CONFIG');
    expect(gateway.err).toContain('LIANDONG_TOPOLOGY_FILE');
  });

  test('refuse commands they do not know, missing options and files that are not there', async () => {
    expectSentence(await run(CLI, ['fly']), 'BAD_INPUT');
    expectSentence(await run(CLI, ['topology', 'prepare']), 'BAD_INPUT');
    expectSentence(
      await run(CLI, ['topology', 'prepare', '--out', temporary, '--divisions', '/nowhere', '--topology', 'x']),
      'BAD_INPUT',
    );
    expect((await run(CLI, ['--help'])).code).toBe(0);
  });
});
