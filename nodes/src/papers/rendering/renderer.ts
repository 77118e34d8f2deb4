import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADDRESS_MS } from '@liandong/schema/domains/papers';
import { BoundedCache, isErrorCode, problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import { MAX_SHEET_BYTES } from './limits.ts';
import type { Drawing, Rendered, Task } from './tasks.ts';

/** How long a caller waits for a drawing before it is asked to come again, ms. Shorter than the gateway waits. */
const PATIENCE_MS = 1_500;
/** Longest time for one task, ms. */
const LIMIT_MS = { PAGE: 20_000, SHEET: 120_000 } as const satisfies Record<Task['kind'], number>;
/** Most memory of a rendering process, bytes: twice the largest picture that is opened. */
const MAX_MEMORY = 1_200_000_000;
const MEMORY_LOOK_MS = 100;
/** Time after its last task when a rendering process ends, ms. */
const IDLE_MS = 300_000;
/**
 * Bytes of drawings kept in memory for the next reader; a single one may take an eighth. Print sheets are for one reader
 * and are forgotten when their address is over.
 */
const KEPT_BYTES = { PAGE: 64_000_000, SHEET: 8 * MAX_SHEET_BYTES } as const satisfies Record<Task['kind'], number>;
/** Most tasks that wait. */
const MOST_WAITING = 200;

/**
 * Draws papers in processes of their own. Papers come from outside: a process that takes too much time or memory is
 * ended, and the paper is refused; the host itself never opens one. Drawings are kept in memory only.
 */
export class Renderer {
  readonly #log: Logger;
  readonly #lanes: Record<Task['kind'], Lane>;
  readonly #kept: Record<Task['kind'], BoundedCache<Drawing>> = {
    PAGE: new BoundedCache(KEPT_BYTES.PAGE),
    SHEET: new BoundedCache(KEPT_BYTES.SHEET),
  };
  readonly #underWay = new Map<string, Promise<Rendered>>();

  constructor(log: Logger) {
    this.#log = log;
    // long print sheets do not hold up pages
    this.#lanes = { PAGE: new Lane(log), SHEET: new Lane(log) };
  }

  /**
   * @param key names the drawing; the same one is made once
   * @param task made only if the drawing is not here, when it is its turn
   * @throws {ProblemError} PAPER_PREPARING if it takes longer than a caller waits: it goes on, and the caller asks again;
   *   MATERIAL_TORN, MATERIAL_ENCRYPTED, MATERIAL_OVERSIZED, NOT_FOUND, BAD_INPUT of the paper
   */
  async draw<K extends Task['kind']>(
    kind: K,
    key: string,
    task: () => Promise<Extract<Task, { kind: K }>>,
  ): Promise<Drawing> {
    const kept = this.#kept[kind].find(key);
    if (kept) return kept;
    if (!this.#underWay.has(key) && this.#underWay.size >= MOST_WAITING) throw preparing();
    const drawing = this.#underWay.get(key) ?? this.#begin(kind, key, task);
    const waiting = new AbortController();
    const late = pause(PATIENCE_MS, null, { signal: waiting.signal }).catch(() => null);
    const answer = await Promise.race([drawing, late]);
    waiting.abort();
    if (answer === null) throw preparing();
    if ('done' in answer) return answer.done;
    const { code, message } = answer.fault;
    if (isErrorCode(code) && code !== 'INTERNAL') throw problem(code, message);
    throw problem('INTERNAL', 'The paper could not be drawn; the log of the host says why.');
  }

  /** Starts the process that draws pages, since a reader who has an address will soon ask for one. */
  wake(): void {
    this.#lanes.PAGE.wake();
  }

  /** Ends the rendering processes. */
  stop(): void {
    for (const lane of Object.values(this.#lanes)) lane.stop();
  }

  #begin(kind: Task['kind'], key: string, made: () => Promise<Task>): Promise<Rendered> {
    const drawing = this.#drawn(kind, key, made).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, drawing);
    // callers that stopped waiting do not hear of a failure
    drawing.catch((error: unknown) => this.#log.debug({ err: error }, 'paper cannot be drawn'));
    return drawing;
  }

  async #drawn(kind: Task['kind'], key: string, made: () => Promise<Task>): Promise<Rendered> {
    const answer = await this.#lanes[kind].render(made);
    if (!('done' in answer)) {
      const { code, message: why } = answer.fault;
      if (code === 'INTERNAL') this.#log.error({ why }, 'paper cannot be drawn: the program failed');
      return answer;
    }
    const kept = this.#kept[kind];
    kept.keep(key, answer.done, answer.done.bytes.length);
    if (kind === 'SHEET') setTimeout(() => kept.forget(key), ADDRESS_MS).unref();
    return answer;
  }
}

const preparing = () => problem('PAPER_PREPARING', 'The paper is being prepared. Ask again in a moment.');

/** One rendering process at a time; its tasks are done one after the other. */
class Lane {
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param made reads the papers, when it is their turn: those that wait are not held in memory */
  render(made: () => Promise<Task>): Promise<Rendered> {
    const answer = this.#last.then(async () => this.#alone(await made()));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** Starts the process, unless it runs. */
  wake(): void {
    if (this.#child) return;
    this.#child = this.#start();
    this.#endWhenIdle();
  }

  stop(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  async #alone(task: Task): Promise<Rendered> {
    clearTimeout(this.#idle);
    const child = (this.#child ??= this.#start());
    const over = new AbortController();
    try {
      return await Promise.race([answerOf(child, task), this.#watched(child, LIMIT_MS[task.kind], over.signal)]);
    } finally {
      over.abort();
      this.#endWhenIdle();
    }
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stop(), IDLE_MS);
    this.#idle.unref();
  }

  /** Ends a process that takes too much. */
  async #watched(child: ChildProcess, limitMs: number, over: AbortSignal): Promise<Rendered> {
    const until = performance.now() + limitMs;
    while (!over.aborted) {
      await pause(MEMORY_LOOK_MS, undefined, { signal: over, ref: false }).catch(() => undefined);
      const what = performance.now() > until ? 'time' : (await memoryOf(child)) > MAX_MEMORY ? 'memory' : null;
      if (what === null || over.aborted) continue;
      this.#log.warn({ what }, 'rendering process ended: a paper takes too much');
      this.stop();
      return {
        fault: { code: 'MATERIAL_OVERSIZED', message: `Drawing the paper takes too much ${what}; download it.` },
      };
    }
    return new Promise(() => undefined);
  }

  #start(): ChildProcess {
    const { file, options } = program();
    const child = fork(file, {
      execArgv: [...options, '--max-old-space-size=512'],
      // no secrets of the host's reach the process
      env: {},
      cwd: PACKAGE_DIR,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('exit', (code, signal) => {
      // one that was ended on purpose is forgotten already
      if (this.#child !== child) return;
      this.#log.warn({ code, signal }, 'rendering process died');
      this.#child = null;
    });
    child.on('error', (error) => this.#log.warn({ err: error }, 'rendering process failed'));
    child.unref();
    return child;
  }
}

/** The process's answer to a task; a process that dies on it leaves a fault. */
function answerOf(child: ChildProcess, task: Task): Promise<Rendered> {
  return new Promise((resolve) => {
    const died = () => {
      child.off('message', answered);
      resolve({
        fault: { code: 'MATERIAL_TORN', message: 'The paper can’t be drawn: it broke the program that draws it.' },
      });
    };
    const answered = (answer: unknown) => {
      child.off('exit', died);
      resolve(answer as Rendered);
    };
    child.once('message', answered);
    child.once('exit', died);
    child.send(task, (error) => {
      if (error) child.kill('SIGKILL');
    });
  });
}

/** Resident memory, bytes; 0 where the system does not say. */
async function memoryOf({ pid }: ChildProcess): Promise<number> {
  if (pid === undefined) return 0;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

const PACKAGE_DIR = dirname(createRequire(import.meta.url).resolve('@liandong/nodes/package.json'));

/** The program that draws: as it was built, or from source where the host itself runs from source. */
function program(): { file: string; options: readonly string[] } {
  return import.meta.url.endsWith('.ts')
    ? { file: join(PACKAGE_DIR, 'src', 'paper-program.ts'), options: ['--conditions=source', '--import', 'tsx'] }
    : { file: join(PACKAGE_DIR, 'dist', 'programs', 'paper-program.js'), options: [] };
}
