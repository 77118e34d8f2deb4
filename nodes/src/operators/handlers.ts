import type { operators } from '@liandong/schema/domains/operators';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import { requireReaderOver } from '@liandong/schema/operation';
import { PROTOCOL } from '@liandong/schema/wire';
import type { HostConfig } from '../config.ts';
import type { HostDb, NodeHandlers } from '../db/index.ts';
import { bodyOfParked, decideParked, getParked, parkedIn, parkedPage, subjectOfParked } from '../handoff/index.ts';
import type { HostHealth } from '../health/host-health.ts';
import { isReady } from '../health/index.ts';
import { describeKey } from '../keys/index.ts';
import { notePurposedRead } from '../reads/index.ts';
import type { Incarnations } from '../restore/index.ts';
import type { Trust } from '../trust/index.ts';
import { findFeeds, findQueues, workAt } from './node-work.ts';

export interface OperatorParts {
  node: DivisionCode;
  divisions: Divisions;
  db: HostDb;
  /** `nodes` are those served: live. */
  config: Pick<HostConfig, 'host' | 'nodes'>;
  health: HostHealth;
  trust: Trust;
  incarnations: Incarnations;
  now: () => Date;
}

/** 运维 at one node: for operators of the node and of those above it. */
export function operatorHandlers(parts: OperatorParts): NodeHandlers<typeof operators> {
  const { node, divisions, db, config, health, trust, incarnations, now } = parts;
  const over = (viewer: Viewer) => {
    requireReaderOver(viewer, 'READ_OPERATION', node, divisions);
  };

  return {
    async nodeHealth({ viewer, queries }) {
      over(viewer);
      const [readiness, work] = await Promise.all([health.recentReadiness(), workAt(queries, trust.gone())]);
      const { database, broker, roads: streams, lacking, migrations, clock, offsetMs } = readiness;
      return {
        node,
        host: config.host,
        protocol: PROTOCOL,
        ready: isReady(readiness),
        database,
        broker,
        streams,
        lacking,
        migrations,
        clock,
        clockOffsetMs: offsetMs.database,
        healing: incarnations.isHealing(node),
        ...work,
      };
    },

    async hostFindings({ viewer }) {
      over(viewer);
      requireWholeHost(parts, viewer);
      return health.findings();
    },

    async queues({ viewer, queries }) {
      over(viewer);
      return findQueues(queries);
    },

    async nodeFeeds({ viewer, queries }) {
      over(viewer);
      return findFeeds(queries, trust.gone());
    },

    async nodeKeys({ viewer }) {
      over(viewer);
      const own = trust.keys().filter((key) => key.node === node);
      return own.map((key) => keyView(describeKey(key, now())));
    },

    async parkedMessages({ viewer, queries, page }) {
      over(viewer);
      return parkedPage(queries.reads, page);
    },

    async parkedMessage({ viewer, input: { id } }) {
      over(viewer);
      return getParked(db, node, id);
    },

    async parkedText({ viewer, input: { id, why: purpose } }) {
      requireReaderOver(viewer, 'READ_PARKED_TEXT', node, divisions);
      const body = await bodyOfParked(db, node, id);
      const asked = { viewer, question: 'parkedText', purpose };
      await notePurposedRead(db, node, asked, { ...subjectOfParked(id, body), fields: ['message'] }, now());
      return body;
    },

    async retryParked({ viewer, tx, input: { id }, once }) {
      await once(async () => {
        await decideParked(tx, id, 'RETRY', actorOf(viewer), null);
        return true;
      });
      return parkedIn(tx, id);
    },

    async answerParked({ viewer, tx, input: { id, reason }, once }) {
      await once(async () => {
        await decideParked(tx, id, 'REFUSE', actorOf(viewer), reason);
        return true;
      });
      return parkedIn(tx, id);
    },
  };
}

/**
 * Checks that all nodes of the host lie within the viewer's division: the findings tell of all of them.
 * @throws {ProblemError} FORBIDDEN
 */
function requireWholeHost({ node, config, divisions }: OperatorParts, { division }: Viewer): void {
  if (config.nodes.every((served) => divisions.isWithin(served, division))) return;
  throw problem('FORBIDDEN', `Host ${config.host} serves nodes outside ${division}; ask their operator.`, { node });
}

/** As the record of decisions names the person. */
const actorOf = ({ name, sub }: Viewer) => `${name} (${sub})`;

const instantOf = (at: string | null) => (at === null ? null : new Date(at));

function keyView({ kid, state, issuer, issuedAt, notBefore, notAfter, end }: ReturnType<typeof describeKey>) {
  return {
    kid,
    state,
    issuer,
    issuedAt: new Date(issuedAt),
    notBefore: instantOf(notBefore),
    notAfter: instantOf(notAfter),
    end: end && { ...end, from: new Date(end.from) },
  };
}
