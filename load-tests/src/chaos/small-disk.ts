import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHUNK = Buffer.alloc(1024 * 1024);

/** A file system of limited size that can be filled to the last byte. */
export class SmallDisk {
  readonly dir: string;
  readonly #filler: string;

  private constructor(dir: string) {
    this.dir = dir;
    this.#filler = join(dir, 'filler');
  }

  /**
   * @returns the disk, or the reason why this machine can't have one: mounting needs root, and a system that allows it
   */
  static async make(mib: number): Promise<SmallDisk | string> {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=0755`, 'tmpfs', dir]);
      return new SmallDisk(dir);
    } catch (error) {
      await rm(dir, { recursive: true });
      const said = (error as { stderr?: string }).stderr?.trim();
      return `a file system of limited size can't be mounted here: ${said || String(error)}`;
    }
  }

  /** Fills the disk completely. */
  async fill(): Promise<void> {
    const file = await open(this.#filler, 'a');
    try {
      for (let length = CHUNK.length; length > 0;) {
        try {
          await file.appendFile(CHUNK.subarray(0, length));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          length = Math.floor(length / 2);
        }
      }
    } finally {
      await file.close();
    }
  }

  /** Frees the space again. */
  async empty(): Promise<void> {
    await rm(this.#filler, { force: true });
  }

  async unmount(): Promise<void> {
    // a killed server may need a moment to release its files
    await run('umount', ['--lazy', this.dir]);
    await rm(this.dir, { recursive: true, force: true });
  }
}
