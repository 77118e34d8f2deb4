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
  /** Whether it was taken back before the case went up. */
  takenBack: boolean;
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
    for (const { material, origin } of broughtBy(line, before)) {
      const earlier = origin === 'DOCUMENT' ? [] : before.filter((paper) => paper.material.name === material.name);
      const version = Math.max(0, ...earlier.map((paper) => paper.version)) + 1;
      for (const paper of earlier) if (paper.version === version - 1) paper.replacedBy ??= material.sha256;
      const since = { at: new Date(line.at), node: line.node };
      papers.push({ material, origin, ...since, version, replacedBy: null, takenBack: false });
    }
    if (line.action === 'MATERIALS_ARRANGED') takeBack(before, line.data.materials);
  }
  return papers;
}

/** Marks papers that are not among the application's materials any more, and that no other replaced. */
function takeBack(papers: readonly Paper[], left: readonly Material[]): void {
  for (const paper of papers) {
    if (paper.replacedBy === null && !left.some((material) => isSameMaterial(material, paper.material))) {
      paper.takenBack = true;
    }
  }
}

const isSameMaterial = (one: Material, other: Material) => one.sha256 === other.sha256 && one.name === other.name;

function broughtBy(line: LogLine, before: readonly Paper[]): { material: Material; origin: PaperOrigin }[] {
  switch (line.action) {
    case 'FILED':
    case 'DRAFTED':
      return line.data.materials.map((material) => ({ material, origin: 'APPLICATION' }));
    case 'MATERIALS_ARRANGED':
      return line.data.materials
        .filter((material) => !before.some((paper) => isSameMaterial(paper.material, material)))
        .map((material) => ({ material, origin: 'APPLICATION' }));
    case 'SUPPLEMENTED':
      return line.data.materials.map((material) => ({ material, origin: 'SUPPLEMENT' }));
    case 'DOCUMENT_ISSUED':
    case 'REPORT_DECIDED':
      return [{ material: line.data.document, origin: 'DOCUMENT' }];
    default:
      return [];
  }
}
