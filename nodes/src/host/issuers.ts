import { unwatchFile, watchFile } from 'node:fs';
import { readJson } from '@liandong/runtime';
import { ISSUER_KEYS, parseIssuers, TokenVerifier } from '@liandong/schema/identity';
import { createRemoteJWKSet } from 'jose';
import type { Logger } from 'pino';

/** Time between two checks for a changed file, ms. */
const LOOK_MS = 500;

/**
 * The issuers whose tokens a host takes. The host reads the file again when it changes, so that an issuer can change
 * its keys without a restart of the host. A faulty file changes nothing.
 * @param file LIANDONG_ISSUERS_FILE
 * @throws {ProblemError} BAD_CONFIG
 */
export async function openTokens(
  file: string,
  log: Logger,
  onStop: (stop: () => Promise<void>) => void,
): Promise<TokenVerifier> {
  const read = async () => parseIssuers(await readJson(file));
  const tokens = new TokenVerifier(
    await read(),
    (uri) => createRemoteJWKSet(uri, ISSUER_KEYS),
    (issuer, away, err) =>
      log.warn(
        { issuer, err },
        away ? 'token issuer unreachable: its last known keys stay in use' : 'token issuer reachable again',
      ),
  );
  let taken = Promise.resolve();
  const renew = () => {
    // one reading after the other, so that the last one counts
    taken = taken
      .then(async () => {
        tokens.renew(await read());
        log.info('token issuers reloaded');
      })
      .catch((error: unknown) =>
        log.error({ err: error, file }, 'changed file not applied: the settings before it stay in force'),
      );
  };
  watchFile(file, { interval: LOOK_MS }, renew);
  onStop(async () => {
    unwatchFile(file, renew);
    await taken;
  });
  return tokens;
}
