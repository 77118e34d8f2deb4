import { unwatchFile, watchFile } from 'node:fs';
import type { Logger } from 'pino';

/** Interval between checks for changed files, ms. */
const LOOK_MS = 500;

/** Files that are read again when one of them changes. */
export interface WatchedFiles {
  files: readonly string[];
  /** Reads the files and applies them. @throws {ProblemError} BAD_CONFIG; nothing has changed then */
  take: () => Promise<void>;
}

/** Reads files again when they change, and all of them on SIGHUP. */
export function watchFiles(log: Logger, all: readonly WatchedFiles[]): { stop: () => void } {
  const stops = all.map(({ files, take }) => {
    // one after the other, so that the last reading counts
    let taken = Promise.resolve();
    const read = () => {
      taken = taken
        .then(take)
        .catch((error: unknown) =>
          log.error({ err: error, files }, 'changed file not applied: the settings before it stay in force'),
        );
    };
    for (const file of files) watchFile(file, { interval: LOOK_MS }, read);
    process.on('SIGHUP', read);
    return () => {
      for (const file of files) unwatchFile(file, read);
      process.off('SIGHUP', read);
    };
  });
  return { stop: () => stops.forEach((stop) => stop()) };
}
