import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { problem } from '@liandong/schema/kernel';

/** A built program runs as it is; tsx runs a source file, and restarts it when a file it has loaded changes. */
const flagsOf = (file: string) =>
  file.endsWith('.ts') ? ['--watch', '--watch-preserve-output', '--conditions=source', '--import', 'tsx'] : [];

/** A program of the project as a process of its own: a host or the gateway. */
export class Program {
  readonly name: string;
  #file: string;
  readonly #environment: Record<string, string>;
  readonly #logFile: string;
  #child: ChildProcess | null = null;

  constructor(name: string, file: string, environment: Record<string, string>, logFile: string) {
    this.name = name;
    this.#file = file;
    this.#environment = environment;
    this.#logFile = logFile;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    const child = this.#child;
    return child !== null && child.exitCode === null && child.signalCode === null;
  }

  /** Starts it and waits until it reports that it is ready. @throws {ProblemError} with its output if it ends before */
  async start(): Promise<void> {
    const output = openSync(this.#logFile, 'a');
    const child = spawn(process.execPath, [...flagsOf(this.#file), this.#file], {
      // of the starter's environment, only the variables that programs need to run
      env: { PATH: process.env.PATH ?? '', MALLOC_ARENA_MAX: '2', ...this.#environment },
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    });
    closeSync(output);
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      // a watched program also sends the files it has loaded
      child.on('message', (message: { ready?: true }) => message.ready && resolve());
      child.once('exit', () => reject(problem('BAD_CONFIG', `${this.name} did not start: ${this.#lastWords()}`)));
    });
  }

  /** Ends it, and starts another version of it in its place. */
  async upgrade(file: string): Promise<void> {
    await this.stop();
    this.#file = file;
    await this.start();
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Freezes it, as an overloaded machine would; it keeps its connections and does nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Whether its log contains a text. */
  said(text: string): boolean {
    return readFileSync(this.#logFile, 'utf8').includes(text);
  }

  /** Sends a message to a program that listens to its starter. */
  tell(message: object): void {
    if (this.running) this.#child?.send(message);
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.running) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  #lastWords(): string {
    const lines = readFileSync(this.#logFile, 'utf8').trim().split('\n');
    return lines.slice(-3).join(' / ');
  }
}
