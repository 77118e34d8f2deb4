import type { Certificate, KeyDocument } from '@liandong/schema/trust';
import type { Logger } from 'pino';
import type { HostConfig } from '../config.ts';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { StoredKey, Trust } from '../trust/index.ts';
import { findKeys, readPassphrase, requireKeys } from '../trust/index.ts';
import { logKey } from './key-store.ts';

export interface OwnKeysParts {
  /** `nodes` is live: nodes come and go while the host runs. */
  config: Pick<HostConfig, 'nodes' | 'keysDir' | 'keysPassphraseFile'>;
  trust: Trust;
  db: HostDb;
  failures: Failures;
  now: () => Date;
  log: Logger;
}

/** The private keys of a host's nodes: read at start, and again when the certificate of a newer key comes. */
export class OwnKeys {
  readonly #parts: OwnKeysParts;
  #taking: Promise<void> = Promise.resolve();
  #onTaken: () => Promise<void> = () => Promise.resolve();

  constructor(parts: OwnKeysParts) {
    this.#parts = parts;
  }

  /** Called when the host can sign with another key. */
  onTaken(told: () => Promise<void>): void {
    this.#onTaken = told;
  }

  /**
   * @param found keys that were read from the directory already
   * @throws {ProblemError} BAD_CONFIG naming the file that can't be read, or a node without a certified key
   */
  async take(found?: readonly StoredKey[]): Promise<void> {
    const { config, trust } = this.#parts;
    const { keysDir, nodes } = config;
    const keys = found ?? (await findKeys(keysDir, nodes, await readPassphrase(config.keysPassphraseFile)));
    await trust.hold(requireKeys(keysDir, nodes, keys));
  }

  /** Loads a key whose certificate has come. */
  learned(documents: readonly KeyDocument[]): Promise<void> {
    const { config, trust } = this.#parts;
    const awaited = documents.flatMap(({ kind, content }) =>
      kind === 'CERTIFICATE' && config.nodes.includes(content.node) && !trust.holds(content.kid) ? [content] : [],
    );
    // one load after the other: opening key files takes a while
    if (awaited.length === 0) return this.#taking;
    const taken = this.#taking.then(() => this.#takeUp(awaited));
    // a failed load does not hold up later ones
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async #takeUp(awaited: readonly Certificate[]): Promise<void> {
    const { config, trust, db, failures, now, log } = this.#parts;
    const missing = awaited.filter(({ kid }) => !trust.holds(kid));
    if (missing.length === 0) return;
    // a node whose key file is gone must not keep the others from their new keys
    const own = missing.map(({ node }) => node);
    const { keysDir, keysPassphraseFile } = config;
    await readPassphrase(keysPassphraseFile)
      .then((passphrase) => findKeys(keysDir, own, passphrase))
      .then((found) => trust.hold(found))
      .catch((error: unknown) => log.error({ err: error }, 'new key file not read'));
    const subjectOf = ({ node, kid }: Certificate) => ({ node, kid });
    await failures.each('taking a new key into use', missing, subjectOf, async ({ node, kid }) => {
      if (!trust.holds(kid)) {
        log.warn({ node, kid }, 'certified key unusable: its private half is not on this host');
        return;
      }
      await db.transact(node, (tx) =>
        logKey(tx, { at: now(), actor: 'node', action: 'TAKEN_UP', subject: node, kid, why: 'its certificate came' }),
      );
      log.info({ node, kid }, 'signing key changed');
    });
    await this.#onTaken();
  }
}
