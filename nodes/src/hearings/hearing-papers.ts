import { randomBytes } from 'node:crypto';
import type { CaseFile, Material } from '@liandong/schema/case';
import type { Divisions } from '@liandong/schema/kernel';
import type { HearingView, InterestedPartyInput, InterestedPartyView } from '@liandong/schema/domains/hearings';
import type { Viewer } from '@liandong/schema/operation';
import { hearingPapers } from '@liandong/schema/domains/hearings';
import { isOrgan } from '@liandong/schema/case';
import { ARTICLES, maskNumber, maskNumbersIn, problem } from '@liandong/schema/kernel';
import { isOfHandlingDesk } from '@liandong/schema/operation';
import { readPart, storeMaterials } from '../materials/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';

// The identity and the statements of a party are kept like a material: by their digest, which the log holds, and they
// go with the case to the organs that handle it.

/** Stores a paper. @returns how the log names it */
export async function storePaper(tx: SharedTx, name: string, content: object, mediaType: string): Promise<Material> {
  // salted, so that the digest does not reveal whose name or word it is
  const bytes = Buffer.from(JSON.stringify({ ...content, salt: randomBytes(16).toString('hex') }));
  const extension = mediaType === 'application/json' ? 'json' : 'txt';
  const material = { name, fileName: `${name}.${extension}`, mediaType, sha256: sha256(bytes), size: bytes.length };
  await storeMaterials(tx, [{ material, bytes }]);
  return material;
}

/**
 * The papers of a case at this node that the viewer may see: everything at the organs, names for supervisors. Numbers
 * are masked for all.
 */
export async function readPapers(
  queries: NodeQueries,
  file: CaseFile,
  viewer: Viewer,
  divisions: Divisions,
): Promise<Pick<HearingView, 'interested' | 'papers'>> {
  const handles = isOfHandlingDesk(viewer, file.holders) && isOrgan(viewer.division, file);
  const supervises =
    viewer.roles.includes('SUPERVISOR') && file.holders.some((desk) => divisions.isWithin(desk, viewer.division));
  const held = new Map<string, Record<string, unknown>>();
  if (handles || supervises) {
    for (const paper of hearingPapers(file.hearing)) {
      const bytes = await readPart(queries, { ...paper, offset: 0, length: paper.size });
      if (bytes) held.set(paper.sha256, JSON.parse(bytes.toString('utf8')) as Record<string, unknown>);
    }
  }
  const interested = file.hearing.groups.flatMap(({ first, count, register, grave, at }) => {
    const known = (held.get(register.sha256)?.['parties'] ?? []) as InterestedPartyInput[];
    return Array.from({ length: count }, (_, i): InterestedPartyView => {
      const who = known[i];
      const address = handles ? (who?.address ?? null) : null;
      const phone = who ? maskNumber(who.phone) : null;
      return { party: first + i, name: who?.name ?? null, phone, address, grave, toldAt: at };
    });
  });
  const papers = new Map(
    [...held].flatMap(([digest, { text }]): [string, string][] =>
      handles && typeof text === 'string' ? [[digest, maskNumbersIn(text)]] : [],
    ),
  );
  return { interested, papers };
}

/** The phone of an interested party, in the clear. @throws {ProblemError} FORBIDDEN to other desks; NOT_FOUND */
export async function readPhone(queries: NodeQueries, file: CaseFile, viewer: Viewer, party: number): Promise<string> {
  if (!isOrgan(viewer.division, file)) {
    throw problem('FORBIDDEN', `Interested parties are known to the organs of the case, not to ${viewer.division}.`, {
      article: ARTICLES.statutoryDuty,
    });
  }
  const group = file.hearing.groups.find(({ first, count }) => party >= first && party < first + count);
  const bytes = group && (await readPart(queries, { ...group.register, offset: 0, length: group.register.size }));
  const known = bytes && (JSON.parse(bytes.toString('utf8')) as { parties: InterestedPartyInput[] }).parties;
  const phone = known?.[party - (group?.first ?? 0)]?.phone;
  if (phone === undefined) {
    throw problem('NOT_FOUND', `No interested party ${party} is known here.`, { node: queries.node, field: 'party' });
  }
  return phone;
}
