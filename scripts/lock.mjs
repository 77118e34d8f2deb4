// Completes package-lock.json after `npm install`: a registry mirror may leave out packages of other platforms, and
// npm 11's `npm ci` then refuses the lock. Run as `node scripts/lock.mjs` (writes) or imported (only tells).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_DIR } from './setup.mjs';

const LOCK_FILE = join(PROJECT_DIR, 'package-lock.json');
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'windows',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'x86_64',
  'wasm32',
];

/** Paths where npm looks for a package that the package at this place asks for, nearest first. */
function* places(at, name) {
  for (let dir = at; ; dir = dir.slice(0, Math.max(dir.lastIndexOf('/node_modules/'), 0))) {
    yield `${dir === '' ? '' : `${dir}/`}node_modules/${name}`;
    if (dir === '') return;
  }
}

/** Optional packages that the lock names and does not hold, as entries by place. */
export function missingEntries(lock) {
  const missing = {};
  for (const [at, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if ([...places(at, name)].some((place) => place in lock.packages)) continue;
      missing[`node_modules/${name}`] = optionalEntry(name, range, entry.dev);
    }
  }
  return missing;
}

function optionalEntry(name, range, dev) {
  const words = name.split(/[-/]/);
  const system = name === 'fsevents' ? 'darwin' : SYSTEMS.find((s) => words.includes(s));
  const processor = PROCESSORS.find((p) => words.includes(p));
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(processor ? { cpu: [processor === 'x86_64' ? 'x64' : processor] } : {}),
    ...(dev ? { dev: true } : {}),
    optional: true,
    ...(system ? { os: [system === 'windows' ? 'win32' : system] } : {}),
    ...(system === 'linux' ? { libc: [words.some((w) => w.startsWith('musl')) ? 'musl' : 'glibc'] } : {}),
  };
}

export function readLock() {
  return JSON.parse(readFileSync(LOCK_FILE, 'utf8'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lock = readLock();
  const missing = missingEntries(lock);
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(LOCK_FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} entries added\n`);
}
