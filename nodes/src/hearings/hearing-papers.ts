import { randomBytes } from 'node:crypto';
import type { CaseFile, Material } from '@liandong/schema/case';
import type { Divisions } from '@liandong/schema/kernel';
import type { HearingView, InterestedPartyInput, InterestedPartyView } from '@liandong/schema/domains/hearings';
import type { Viewer } from '@liandong/schema/operation';
import { hearingPapers } from '@liandong/schema/domains/hearings';
import { isOrgan } from '@liandong/schema/case';
import { maskNumber } from '@liandong/schema/kernel';
import { seesPersonalData } from '@liandong/schema/operation';
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

/** The papers of a case at this node that the viewer may see: everything at the organs, masked for supervisors. */
export async function readPapers(
  queries: NodeQueries,
  file: CaseFile,
  viewer: Viewer,
  divisions: Divisions,
): Promise<Pick<HearingView, 'interested' | 'papers'>> {
  const handles = seesPersonalData(viewer, file.holders) && isOrgan(viewer.division, file);
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
      const phone = who && (handles ? who.phone : maskNumber(who.phone));
      const address = handles ? (who?.address ?? null) : null;
      return { party: first + i, name: who?.name ?? null, phone: phone ?? null, address, grave, toldAt: at };
    });
  });
  const papers = new Map(
    [...held].flatMap(([digest, { text }]): [string, string][] =>
      handles && typeof text === 'string' ? [[digest, text]] : [],
    ),
  );
  return { interested, papers };
}
