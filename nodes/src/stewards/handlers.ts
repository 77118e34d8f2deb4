import type { StewardPass } from '@liandong/schema/domains/stewards';
import {
  PASS_MS,
  requireContactKeeper,
  requireFollower,
  requirePass,
  requireStewardsReader,
  stewardPassSchema,
} from '@liandong/schema/domains/stewards';
import { requirePurpose } from '@liandong/schema/domains/reads';
import { dayOf, ProblemError } from '@liandong/schema/kernel';
import type { Page, PageRequest, Viewer } from '@liandong/schema/operation';
import { requirePermission } from '@liandong/schema/operation';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { EnterpriseView } from '@liandong/schema/domains/stewards';
import { z } from 'zod';
import type { NodeQueries } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';
import { notePurposedReads } from '../reads/index.ts';
import { approvalsOf } from './enterprise-cases.ts';
import type { StewardHandlers, StewardParts } from './parts.ts';
import { followedBy, stewardOf, unknownEnterprise, viewOf } from './parts.ts';
import type { EnterpriseFilter, StoredEnterprise } from './steward-store.ts';
import { findEnterprise, listEnterprises } from './steward-store.ts';
import { stewardsKept } from './stewards-kept.ts';

type Reading = 'enterprises' | 'myEnterprises' | 'showContactPhone' | 'stewardPass' | 'enterpriseCases';

/** 管家服务 at one node: its list of enterprises, and the cases here of those that a steward of another desk follows. */
export function stewardHandlers(parts: StewardParts): StewardHandlers {
  return { ...enterprisesRead(parts), ...stewardsKept(parts) };
}

const place = z.tuple([z.iso.datetime(), z.string()]);

function enterprisesRead(parts: StewardParts): Pick<StewardHandlers, Reading> {
  const { node, db, divisions, trust, now } = parts;

  async function pageOf(
    queries: NodeQueries,
    viewer: Viewer,
    filter: EnterpriseFilter,
    { first, after }: PageRequest,
  ): Promise<Page<EnterpriseView>> {
    const before = after === null ? null : placeIn(after);
    const follows = await followedBy(parts, queries, viewer);
    const rows = await listEnterprises(queries, filter, { day: dayOf(now()), before, most: first + 1 });
    const listed = rows.slice(0, first);
    return {
      nodes: listed.map((row) => viewOf(parts, viewer, follows, row)),
      cursors: listed.map(({ namedAt, id }) => cursorOf(JSON.stringify([namedAt.toISOString(), id]))),
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== null,
    };
  }

  /** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  async function followed(queries: NodeQueries, viewer: Viewer, id: string): Promise<StoredEnterprise> {
    requirePermission(viewer, 'READ_ENTERPRISES', divisions.get(viewer.division).tier);
    const stored = await findEnterprise(queries, id, dayOf(now()));
    if (!stored || stored.endedAt !== null) throw unknownEnterprise(queries);
    const follows = await followedBy(parts, queries, viewer);
    requireFollower(viewer, { steward: stewardOf(stored) }, node, divisions, follows);
    return stored;
  }

  return {
    async enterprises({ viewer, queries, input: { steward, ended, vacant }, page }) {
      requireStewardsReader(viewer, node, divisions);
      const stewards = steward === null ? null : [steward];
      return pageOf(queries, viewer, { stewards, issuer: null, ended, stands: vacant ? false : null }, page);
    },

    async myEnterprises({ viewer, queries, page }) {
      const stewards = await followedBy(parts, queries, viewer);
      return pageOf(queries, viewer, { stewards, issuer: viewer.issuer, ended: false, stands: true }, page);
    },

    async showContactPhone({ viewer, queries, input: { id, purpose } }) {
      requirePermission(viewer, 'KEEP_ENTERPRISE_CONTACT', divisions.get(viewer.division).tier);
      const stored = await findEnterprise(queries, id, dayOf(now()));
      if (!stored || stored.endedAt !== null) throw unknownEnterprise(queries);
      const follows = await followedBy(parts, queries, viewer);
      requireContactKeeper(viewer, { steward: stewardOf(stored) }, node, divisions, follows);
      requirePurpose(purpose);
      return stored.contactPhone;
    },

    async stewardPass({ viewer, queries, input: { id } }) {
      const { code } = await followed(queries, viewer, id);
      const until = new Date(now().getTime() + PASS_MS);
      const { issuer, sub } = viewer;
      const said: StewardPass = { enterprise: id, code, node, issuer, sub, until: until.toISOString() };
      return { pass: await trust.sign(node, SIGNED_TYPES.stewardPass, said), until };
    },

    async enterpriseCases({ viewer, input }) {
      requirePermission(viewer, 'READ_ENTERPRISES', divisions.get(viewer.division).tier);
      const shown = await verified(parts, input.pass);
      const pass = requirePass(viewer, shown, { node, divisions, now: now(), action: 'READ_ENTERPRISES' });
      const asked = { viewer, question: 'enterpriseCases', purpose: `管家服务 ${pass.enterprise}` };
      const search = { kind: 'SEARCH', subject: 'enterpriseCases', fields: ['ID_NUMBER'], masked: true } as const;
      await db.transact(node, (tx) => notePurposedReads(tx, asked, [search], now()));
      const isHere = (custodian: string) =>
        custodian === node || (pass.node === node && !divisions.isWithin(custodian, node));
      const found = await approvalsOf(parts, pass.code, ({ custodian }) => isHere(custodian));
      const reads = found.cases.map(
        ({ id }) => ({ kind: 'CASE', subject: id, fields: ['Query.enterpriseCases'], masked: true }) as const,
      );
      if (reads.length > 0) await db.transact(node, (tx) => notePurposedReads(tx, asked, reads, now()));
      return { ...found, answeredBy: node };
    },
  };
}

/** What a pass says, if a node signed it; null for every other text. */
async function verified({ trust }: StewardParts, jws: string) {
  try {
    const { node: signer, payload } = await trust.verify(jws, SIGNED_TYPES.stewardPass);
    const said = stewardPassSchema.safeParse(payload);
    return said.success ? { signer, pass: said.data } : null;
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}

function placeIn(after: string): readonly [at: string, id: string] {
  const read = place.safeParse(placesOf(after));
  if (!read.success) throw noCursor();
  return read.data;
}
