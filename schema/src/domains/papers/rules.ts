import type { LogLine, Material } from '../../case/log-line.ts';
import type { PaperOrigin } from './words.ts';

/** A paper of a case's file (案卷材料), with its place among the versions of the same name. */
export interface Paper {
  material: Material;
  origin: PaperOrigin;
  /** When it was handed in or issued. */
  at: Date;
  /** The desk where that was done. */
  node: string;
  /** 1 for what was handed in first under this name, 2 for what a later supplement brought, … */
  version: number;
  /** Digest of the first paper of the next version; null for the version that counts. */
  replacedBy: string | null;
}

/**
 * The papers of a case in the order they came in: what was handed in, every version of it, and the documents issued.
 * Papers of hearings are not among them: they are shown with the hearing, to the organs alone.
 * @param lines the case's log from its first line
 */
export function papersOf(lines: readonly LogLine[]): Paper[] {
  const papers: Paper[] = [];
  for (const line of lines) {
    const before = papers.filter((paper) => paper.origin !== 'DOCUMENT');
    for (const { material, origin } of broughtBy(line)) {
      const earlier = origin === 'DOCUMENT' ? [] : before.filter((paper) => paper.material.name === material.name);
      const version = Math.max(0, ...earlier.map((paper) => paper.version)) + 1;
      for (const paper of earlier) if (paper.version === version - 1) paper.replacedBy ??= material.sha256;
      papers.push({ material, origin, at: new Date(line.at), node: line.node, version, replacedBy: null });
    }
  }
  return papers;
}

function broughtBy(line: LogLine): { material: Material; origin: PaperOrigin }[] {
  switch (line.action) {
    case 'FILED':
    case 'DRAFTED':
      return line.data.materials.map((material) => ({ material, origin: 'APPLICATION' }));
    case 'SUPPLEMENTED':
      return line.data.materials.map((material) => ({ material, origin: 'SUPPLEMENT' }));
    case 'DOCUMENT_ISSUED':
      return [{ material: line.data.document, origin: 'DOCUMENT' }];
    default:
      return [];
  }
}
