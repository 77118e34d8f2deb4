import type { HostConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { examineAuthority } from './doctor-authority.ts';
import { examineBroker } from './doctor-broker.ts';
import { examineCases } from './doctor-cases.ts';
import { examineCatalogue } from './doctor-catalogue.ts';
import type { Check, Finding } from './doctor-check.ts';
import { runChecks } from './doctor-check.ts';
import { examineCollation } from './doctor-collation.ts';
import { examineClock, examineDatabase, examineDurability, examineMigrations } from './doctor-database.ts';
import { examineClaims } from './doctor-feeds.ts';
import {
  examineCalendar,
  examineDisk,
  examineIssuers,
  examineKeys,
  examinePeers,
  examineRegister,
  examineSecrets,
  examineTopology,
  readHostKeys,
  readRegister,
} from './doctor-files.ts';
import { examineSending } from './doctor-sending.ts';
import { examineDataKeys, examineServed } from './doctor-served.ts';
import { examineFeeds, examineOutbox, examineParked, examineProtocols, examineRestore } from './doctor-work.ts';

/** Every check, in the order in which people read the findings. */
const CHECKS: readonly Check[] = [
  { part: 'register', examine: examineRegister },
  { part: 'topology', needs: 'register', examine: examineTopology },
  { part: 'keys', needs: 'register', examine: examineKeys },
  { part: 'peers', needs: 'keys', examine: examinePeers },
  { part: 'secrets', examine: examineSecrets },
  { part: 'disk', examine: examineDisk },
  { part: 'issuers', examine: examineIssuers },
  { part: 'calendar', examine: examineCalendar },
  { part: 'database', examine: examineDatabase },
  { part: 'clock', needs: 'database', examine: examineClock },
  { part: 'durability', needs: 'database', examine: examineDurability },
  { part: 'collation', needs: 'database', examine: examineCollation },
  { part: 'migrations', needs: 'database', examine: examineMigrations },
  { part: 'served', needs: 'migrations', examine: examineServed },
  { part: 'data keys', needs: 'migrations', examine: examineDataKeys },
  { part: 'outbox', needs: 'migrations', examine: examineOutbox },
  { part: 'sending', needs: 'migrations', examine: examineSending },
  { part: 'protocol', needs: 'migrations', examine: examineProtocols },
  { part: 'parked', needs: 'migrations', examine: examineParked },
  { part: 'feeds', needs: 'migrations', examine: examineFeeds },
  { part: 'cases', needs: 'migrations', examine: examineCases },
  { part: 'claims', needs: 'migrations', examine: examineClaims },
  { part: 'authority', needs: 'migrations', examine: examineAuthority },
  { part: 'catalogue', needs: 'migrations', examine: examineCatalogue },
  { part: 'restore', needs: 'migrations', examine: examineRestore },
  { part: 'broker', examine: examineBroker },
];

/**
 * Examines a host, one part after the other, and goes on after a faulty part: one run finds everything that is wrong.
 * Changes nothing.
 */
export async function examine(config: HostConfig, now: () => Date): Promise<Finding[]> {
  const db = new HostDb(config.databaseUrl, 2, () => undefined);
  try {
    const divisions = readRegister(config, now);
    const keys = divisions.then((register) => readHostKeys(config, register, now));
    // the checks of the register and of keys say why they can't be read
    await Promise.allSettled([divisions, keys]);
    return await runChecks(CHECKS, { config, now, db, divisions, keys });
  } finally {
    await db.close();
  }
}
