// The first step of `npm run demo`, `npm test` and `npm run bench` on a fresh machine. Plain JavaScript: nothing is
// installed yet when it runs.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url));
const NODE_AT_LEAST = [20, 19];
const STAMP = join(PROJECT_DIR, 'node_modules', '.liandong-lock');

/** A sentence for the user; the program ends with it and a non-zero status. */
export class SetupError extends Error {}

function say(line) {
  process.stdout.write(`${line}\n`);
}

/** The command that runs at the moment. */
let running = null;

/** Runs a command in the project and shows what it prints; `quiet` shows it only when it fails. */
export async function run(command, args, { env = {}, quiet = false } = {}) {
  const child = spawn(command, args, {
    cwd: PROJECT_DIR,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', CHECKPOINT_DISABLE: '1', ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  running = child;
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  if (code !== 0 && quiet) process.stderr.write(output);
  return code;
}

async function step(text, work) {
  say(`• ${text} …`);
  const began = Date.now();
  await work();
  say(`  done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** The version of Node.js that runs this. */
function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor, wantMinor] = NODE_AT_LEAST;
  if (major < wantMajor || (major === wantMajor && minor < wantMinor)) {
    throw new SetupError(`Node.js ${NODE_AT_LEAST.join('.')} or later is needed; this is ${process.versions.node}.`);
  }
}

/** Installs the packages of package-lock.json, unless just these are installed. */
async function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(PROJECT_DIR, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  await step('installing packages (npm ci)', async () => {
    const code = await run('npm', ['ci', '--no-audit', '--no-fund']);
    if (code !== 0) throw new SetupError('npm ci failed; what it said stands above.');
    writeFileSync(STAMP, lock);
  });
}

/** Generates the database client and builds the workspaces; Turborepo skips what has not changed. */
async function build() {
  await step('building', async () => {
    const turbo = join(PROJECT_DIR, 'node_modules', '.bin', 'turbo');
    const code = await run(turbo, ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'], {
      quiet: true,
    });
    if (code !== 0) throw new SetupError('The build failed; what it said stands above.');
  });
}

function isInstalled(program) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/local/bin'].some(
    (dir) => {
      try {
        accessSync(join(dir, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
  );
}

/** A program of the system: from the PATH, else the package of its name. @returns whether it is there */
async function systemProgram(program) {
  if (isInstalled(program)) return true;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return false;
  await step(`installing the system's ${program}`, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env, quiet: true });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', program], { env, quiet: true });
  });
  return isInstalled(program);
}

/** The broker, or a sentence how to get it. */
async function broker() {
  if (await systemProgram('nats-server')) return;
  throw new SetupError(
    'nats-server is not on the PATH. Install it (Debian: apt-get install nats-server) or put the program of version 2.9 or later on the PATH.',
  );
}

/** Sets up what only tests need; without it on this machine the tests that need it are skipped. */
export async function setupForTests() {
  if (await systemProgram('pgbouncer')) return;
  say('• pgbouncer is not on the PATH: tests of a database behind a pooler are left out');
}

/** Makes sure that packages are installed, for a script that runs the project's sources. */
export async function requirePackages() {
  requireNode();
  await install();
}

/** Everything a fresh machine needs before a program of the project can run. */
export async function setup() {
  await requirePackages();
  await build();
  await broker();
}

/** Runs a built program with the terminal's own input and output, and ends as it ended. */
export async function become(program, args) {
  const child = spawn(process.execPath, ['--enable-source-maps', join(PROJECT_DIR, program), ...args], {
    cwd: PROJECT_DIR,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Ctrl-C reaches the child by itself; a signal to this process alone is passed on
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  process.exitCode = await new Promise((resolve) => child.once('close', (status) => resolve(status ?? 1)));
}

/** Runs a script's main part; a SetupError is a sentence, everything else a fault of the script. */
export async function main(work) {
  // the reader of the output has gone (`| head`), so no message can be shown
  process.stdout.on('error', () => {
    running?.kill('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${error instanceof SetupError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
