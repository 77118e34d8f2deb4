import { chown, open, rename, rm, stat } from 'node:fs/promises';
import { readJson } from '@liandong/runtime';
import { problem } from '@liandong/schema/kernel';

/**
 * Replaces a private JSON file as a whole: a concurrent reader sees the old file or the new one. Only its owner can
 * read it, and two people who change it at once do not undo each other's change.
 * @param change returns the new content for the current one, which is null if there is no file yet
 * @throws {ProblemError} BAD_INPUT if another process is changing it or it can't be written; BAD_CONFIG if it is not
 *   JSON; and what `change` throws
 */
export async function changeJsonFile(file: string, change: (content: unknown) => Promise<unknown>): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST'
      ? problem('BAD_INPUT', `Another program is changing ${file}. If none is, remove ${part}.`, { cause })
      : problem('BAD_INPUT', `${file} can't be written.`, { cause });
  });
  try {
    const before = await stat(file).catch(() => null);
    const changed = await change(before ? await readJson(file) : null);
    await handle.writeFile(`${JSON.stringify(changed, null, 2)}\n`);
    await handle.sync();
    // keeps its owner, so that the gateway's account can still read it
    if (before && process.getuid?.() === 0) await chown(part, before.uid, before.gid);
    await handle.close();
    await rename(part, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}
