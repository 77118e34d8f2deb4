import type { CaseExport, ExportedMaterial } from '@liandong/schema/trust';
import type { DivisionCode } from '@liandong/schema/kernel';
import { CASE_EXPORT_FORMAT, readableSteps, sealDigest, writeCaseExport } from '@liandong/schema/trust';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { wordBehind } from '@liandong/schema/domains/joint';
import { readMaterial } from '../materials/index.ts';
import { findCase } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import type { Trust } from '../trust/index.ts';
import { kidOf } from '../trust/index.ts';

export interface ExportOptions {
  /** Whether the export contains the application, which names the applicant. */
  application: boolean;
  /** Whether the export contains the bytes of the materials, besides their digests. */
  materials: boolean;
  now: Date;
}

/**
 * A case as a node holds it, with all that is needed to verify it offline, sealed by the node.
 * @returns the text of the file
 * @throws {ProblemError} NOT_FOUND for a case, or for bytes, that are not here
 */
export async function exportCase(
  db: HostDb,
  node: DivisionCode,
  trust: Trust,
  id: string,
  options: ExportOptions,
): Promise<string> {
  const stored = await findCase(db.queries(node), id);
  if (!stored) throw problem('NOT_FOUND', `${node} holds no case ${id}.`);
  const lines = stored.lines.map((line) => line.jws);
  const materials = await Promise.all(
    stored.file.materials.map(async (material): Promise<ExportedMaterial> => ({
      ...material,
      content: options.materials ? await readContent(db, node, material.sha256) : null,
    })),
  );
  if (options.application && stored.application === null) {
    throw problem('NOT_FOUND', `${node} never held the application of ${id}: export it where the case was handled.`);
  }
  const seal = async (content: Omit<CaseExport, 'seal'>): Promise<string> =>
    trust.sign(node, SIGNED_TYPES.export, {
      node,
      at: options.now.toISOString(),
      case: id,
      lines: lines.length,
      digest: await sealDigest(content),
    });
  // only sealing tells which key seals: its certificate must be in the export too
  const content: Omit<CaseExport, 'seal'> = {
    format: CASE_EXPORT_FORMAT,
    v: 2,
    case: id,
    lines,
    keys: [],
    application: options.application ? stored.application : null,
    materials,
    steps: readableSteps(stored.lines.map(({ line }) => line)),
  };
  const words = stored.lines.flatMap(({ line }) =>
    line.action === 'SUCCEEDED' ? [line.data.closing] : (wordBehind(line) ?? []),
  );
  const kids = [...new Set([...lines, ...words, await seal(content)].map(kidOf))];
  const whole = { ...content, keys: trust.documentsOf(kids).map((document) => document.jws) };
  return writeCaseExport({ ...whole, seal: await seal(whole) });
}

async function readContent(db: HostDb, node: DivisionCode, sha256: string): Promise<string> {
  const bytes = await readMaterial(db.queries(node), sha256);
  if (!bytes) throw problem('NOT_FOUND', `${node} has not got the bytes of the material ${sha256}.`);
  return bytes.toString('base64');
}
