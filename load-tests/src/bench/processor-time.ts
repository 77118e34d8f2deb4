import { readFile, readdir } from 'node:fs/promises';

/** Length of a tick of `/proc/<pid>/stat`, ms (USER_HZ is 100 on every Linux). */
const TICK_MS = 10;

interface Process {
  parent: number;
  /** Of the process and of its children that have ended, ms. */
  ms: number;
}

/**
 * Processor time that a process and all its descendants have used so far, ms, including those that ended.
 * @returns null if the system does not tell (no `/proc`)
 */
export async function processorTime(root: number): Promise<number | null> {
  const processes = await readProcesses();
  if (!processes.has(root)) return null;
  const isBelow = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent !== 0 && isBelow(parent);
  };
  return [...processes].filter(([pid]) => isBelow(pid)).reduce((sum, [, { ms }]) => sum + ms, 0);
}

async function readProcesses(): Promise<Map<number, Process>> {
  const names = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name): Promise<[number, Process][]> => {
        // a process that ended meanwhile is counted at its parent
        const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
        if (stat === null) return [];
        // proc(5): the name, in brackets, may contain any text; state, parent and so on follow it
        const fields = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number);
        const [parent = 0] = fields.slice(1);
        const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
        return [[Number(name), { parent, ms: ticks * TICK_MS }]];
      }),
  );
  return new Map(found.flat());
}
