import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';

/** The machine of a measurement: without it a number says nothing. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGib: number;
  system: string;
  node: string;
  commit: string;
  at: string;
}

export function machine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    commit: commit(),
    at: new Date().toISOString(),
  };
}

function commit(): string {
  try {
    const head = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const dirty = execFileSync('git', ['status', '--porcelain'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return `${head.trim()}${dirty === '' ? '' : '+changes'}`;
  } catch {
    return 'unknown';
  }
}

/** Memory of a process and of all its children, MiB, each page counted by its share (PSS); 0 without /proc. */
export function memoryMib(pid: number): number {
  const own = pss(pid);
  return own + childrenOf(pid).reduce((sum, child) => sum + memoryMib(child), 0);
}

function pss(pid: number): number {
  try {
    const [, kib = '0'] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
