import { z } from 'zod';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LegalBasisKind } from '../catalogue/words.ts';
import type { Tier } from '../../kernel/words.ts';
import { LEGAL_BASIS_CHANGES, LEGAL_BASIS_KINDS } from '../catalogue/words.ts';
import { TIERS } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { isDay } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { acceptingOrgans } from '../catalogue/catalogue.ts';

const day = z.string().refine(isDay, 'a day YYYY-MM-DD');

/** A citation in a text: a law, and its article if one is named. */
export interface Citation {
  /** Title without brackets, without 中华人民共和国 and without the year of revision. */
  title: string;
  /** 第十一条; null if the whole text is cited. */
  article: string | null;
}

/** 法律依据: an article of a law, regulation, rule or notice, or the whole of it. */
export const legalBasisSchema = z.object({
  /** Its citation, 《社会救助暂行办法》第十一条; see {@link citationOf}. */
  id: z.string().min(1),
  title: z.string().min(1),
  article: z.string().min(1).nullable(),
  kind: z.enum(LEGAL_BASIS_KINDS),
  issuedBy: z.string().min(1).nullable(),
  effectiveFrom: day.nullable(),
  /** The first day without force; null while it is in force. */
  repealedOn: day.nullable(),
  /** Citation of its successor. */
  supersededBy: z.string().min(1).nullable(),
  /** SHA-256 of the text in force, hexadecimal. */
  textDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal')
    .nullable(),
  /** False while it is known only from items' citations, and its kind is guessed from the title. */
  verified: z.boolean(),
});
export type LegalBasis = z.infer<typeof legalBasisSchema>;

/** A change of the law as the city announces it; goes down by the catalogue feed. */
export const legalBasisChangeSchema = z.object({
  id: z.uuid(),
  kind: z.enum(LEGAL_BASIS_CHANGES),
  /** Citation of the changed basis. */
  basis: z.string().min(1),
  /** The bases after the change. */
  bases: z.array(legalBasisSchema).min(1),
  effectiveOn: day,
  reason: z.string().min(1),
  announcedOn: day,
  /** The last day for an asked node to confirm in time. */
  confirmBy: day,
  /** Codes of the items that cite it. */
  items: z.array(z.string().min(1)),
  /** Tiers that decide or accept one of the items: their nodes are asked to confirm. */
  tiers: z.array(z.enum(TIERS)),
});
export type LegalBasisChange = z.infer<typeof legalBasisChangeSchema>;

/**
 * A node's report of a change to the levels above: the number of its running cases, and whether it has acted on the
 * change.
 */
export const legalBasisReportSchema = z.object({
  change: z.uuid(),
  node: z.string().refine(isDivisionCode, 'a division code'),
  /** Cases of the items that this node holds and that are not closed. */
  runningCases: z.int().min(0),
  countedAt: z.iso.datetime(),
  confirmation: z
    .object({ at: z.iso.datetime(), by: z.string().min(1), note: z.string().min(1).nullable() })
    .nullable(),
});
export type LegalBasisReport = z.infer<typeof legalBasisReportSchema>;

const ARTICLE = '第[〇零一二三四五六七八九十百千\\d]+条(?:之[一二三四五六七八九十]+)?';
const PARAGRAPH = '(?:第[〇零一二三四五六七八九十百千\\d]+[款项])*';
const TOKEN = new RegExp(
  `《([^》]+)》|(${ARTICLE})${PARAGRAPH}|([\\u4e00-\\u9fff]{1,8}〔\\d{4}〕\\d+号)|([;;])|([、,,和及与\\s]|[((]\\d{4}年[^))]*[))])|.`,
  'gsu',
);

/**
 * The references in an item's legal basis as people write it: 《…》第…条, 第…条;国发〔2014〕8号. A part that begins with an
 * article belongs to the law before it; prose between them is ignored. Articles are kept, paragraphs (款、项) not.
 */
export function citationsOf(text: string): Citation[] {
  const found = new Map<string, Citation>();
  let title: string | null = null;
  let cited = true;
  // whether an article that follows would belong to the law before it
  let listing = false;
  const add = (article: string | null): void => {
    if (title === null) return;
    const citation = { title, article };
    found.set(citationOf(citation), citation);
    cited = true;
  };
  const end = (): void => {
    if (!cited) add(null);
  };
  for (const [, named, article, number, semicolon, joint] of text.matchAll(TOKEN)) {
    if (named !== undefined || number !== undefined) {
      end();
      title = plainTitle(named ?? number ?? '');
      cited = false;
      listing = true;
    } else if (article !== undefined) {
      if (listing) add(article);
    } else if (semicolon !== undefined) {
      end();
      listing = title !== null;
    } else if (joint === undefined) listing = false;
  }
  end();
  return [...found.values()];
}

/** The one spelling of a citation, which is its basis's id. */
export function citationOf({ title, article }: Citation): string {
  return `《${title}》${article ?? ''}`;
}

/** A title without its optional parts: brackets, 中华人民共和国, the year of revision. */
export function plainTitle(title: string): string {
  return title
    .replace(/^《|》$/g, '')
    .replace(/^中华人民共和国/, '')
    .replace(/(?:[((][^))]*[))])+$/, '')
    .trim();
}

/**
 * The kind a title suggests; a guess until a person states it, since a 办法 may be a regulation of the State Council.
 * Source: 立法法; 行政法规制定程序条例 Art. 5 (条例、规定、办法); 规章制定程序条例 Art. 7.
 */
export function kindByTitle(title: string): LegalBasisKind {
  if (title.endsWith('法') && !title.endsWith('办法')) return 'LAW';
  if (title.endsWith('条例')) return 'REGULATION';
  if (['办法', '规定', '规则', '细则'].some((ending) => title.endsWith(ending))) return 'RULE';
  return 'NOTICE';
}

/** A basis that items cite and no person has stated yet, with the facts known from the citation. */
export function citedBasis(citation: Citation): LegalBasis {
  return {
    ...citation,
    id: citationOf(citation),
    kind: kindByTitle(citation.title),
    issuedBy: null,
    effectiveFrom: null,
    repealedOn: null,
    supersededBy: null,
    textDigest: null,
    verified: false,
  };
}

/** Whether a change of one text affects the other: they are the same article, or one is the whole text of the other. */
export function reaches(changed: Citation, cited: Citation): boolean {
  if (changed.title !== cited.title) return false;
  return changed.article === null || cited.article === null || changed.article === cited.article;
}

/** A change of the law as a person states it. */
export interface StatedChange {
  kind: LegalBasisChange['kind'];
  title: string;
  article: string | null;
  basisKind: LegalBasisKind | null;
  issuedBy: string | null;
  effectiveOn: Day;
  supersededBy: string | null;
  textDigest: string | null;
  reason: string;
  confirmBy: Day;
}

/**
 * The bases after a change. Repealing or changing a whole text affects every cited article of it.
 * @param known every basis of the same title
 * @throws {ProblemError} REASON_MISSING; BAD_INPUT for a day to confirm by that has passed; LEGAL_BASIS_UNKNOWN to
 * change or repeal a basis that no item cites and no person stated; LEGAL_BASIS_CONFLICT for a new basis that was
 * stated before, or one that is already repealed
 */
export function changedBases(known: readonly LegalBasis[], stated: StatedChange, today: Day): LegalBasis[] {
  const citation = { title: plainTitle(stated.title), article: stated.article };
  const id = citationOf(citation);
  const refuse = (code: 'BAD_INPUT' | 'LEGAL_BASIS_CONFLICT' | 'LEGAL_BASIS_UNKNOWN', message: string, field: string) =>
    problem(code, message, { article: ARTICLES.itemLife, field });
  if (stated.reason.trim() === '') {
    throw problem('REASON_MISSING', 'A change of the law is announced with its reason.', {
      article: ARTICLES.itemLife,
      field: 'reason',
    });
  }
  if (stated.confirmBy < today) {
    throw refuse('BAD_INPUT', `Nobody can confirm by ${stated.confirmBy}, which has passed.`, 'confirmBy');
  }
  if (stated.supersededBy === id) throw refuse('BAD_INPUT', `${id} can't take its own place.`, 'supersededBy');
  const { textDigest, issuedBy, effectiveOn } = stated;
  const kind = stated.basisKind ?? kindByTitle(citation.title);
  const same = known.find((basis) => basis.id === id);
  if (stated.kind === 'NEW') {
    if (same?.verified) throw refuse('LEGAL_BASIS_CONFLICT', `${id} is known already; state its change.`, 'title');
    return [{ ...citedBasis(citation), kind, issuedBy, textDigest, effectiveFrom: effectiveOn, verified: true }];
  }
  const reached = known.filter((basis) => reaches(citation, basis));
  if (reached.length === 0) throw refuse('LEGAL_BASIS_UNKNOWN', `No item cites ${id}, and nobody stated it.`, 'title');
  const standing = reached.filter((basis) => basis.repealedOn === null);
  if (standing.length === 0) throw refuse('LEGAL_BASIS_CONFLICT', `${id} is repealed already.`, 'title');
  // a change of an article leaves the whole text unchanged, and affects only the items that cite the article
  const concerned = standing.filter((basis) => basis.id === id || citation.article === null);
  const own = concerned.some((basis) => basis.id === id) ? concerned : [citedBasis(citation), ...concerned];
  return own.map((basis) => {
    const now: LegalBasis = { ...basis, kind: stated.basisKind ?? basis.kind, issuedBy: issuedBy ?? basis.issuedBy };
    if (stated.kind === 'REPEALED') {
      return { ...now, repealedOn: effectiveOn, supersededBy: stated.supersededBy, verified: basis.id === id };
    }
    return basis.id === id ? { ...now, textDigest, effectiveFrom: effectiveOn, verified: true } : now;
  });
}

/** A citation of a basis that is repealed, or will be from a day on. */
export interface RepealedCitation {
  citation: string;
  /** The first day without force. */
  repealedOn: Day;
  /** Citation of its successor. */
  supersededBy: string | null;
}

/**
 * Citations in an item's legal basis that are repealed, or will be: the cited article itself, or the whole text.
 * @param known the known bases of the cited titles
 */
export function repealedCitations(legalBasis: string, known: readonly LegalBasis[]): RepealedCitation[] {
  return citationsOf(legalBasis).flatMap((citation) => {
    const found = known.filter(
      (basis) =>
        basis.title === citation.title &&
        basis.repealedOn !== null &&
        (basis.article === null || basis.article === citation.article),
    );
    // of the article and the whole text, the one that ends first
    const [first] = found.toSorted((a, b) => ((a.repealedOn ?? '') < (b.repealedOn ?? '') ? -1 : 1));
    if (!first || first.repealedOn === null) return [];
    return [{ citation: citationOf(citation), repealedOn: first.repealedOn, supersededBy: first.supersededBy }];
  });
}

/** Codes of the items whose citations a change affects, in order. */
export function itemsReached(
  changed: Citation,
  cited: readonly { item: string; title: string; article: string | null }[],
): string[] {
  return [...new Set(cited.filter((c) => reaches(changed, c)).map((c) => c.item))].sort();
}

/** Tiers that decide or accept one of the items, highest first. */
export function tiersConcerned(items: readonly Pick<Item, 'acceptingTiers' | 'decidingTier'>[]): Tier[] {
  return TIERS.filter((tier) =>
    items.some((item) => item.decidingTier === tier || acceptingOrgans(item).includes(tier)),
  );
}

/** Whether a node decides or accepts one of the items, and so must confirm that it has acted on the change. */
export function isAsked(change: Pick<LegalBasisChange, 'tiers'>, node: DivisionCode, divisions: Divisions): boolean {
  return change.tiers.includes(divisions.get(node).tier);
}

/** A node's progress with a change. */
export interface LegalBasisTask {
  node: DivisionCode;
  asked: boolean;
  /** Null until the node has reported. */
  report: LegalBasisReport | null;
  /** Asked, not confirmed, and the day has passed. */
  late: boolean;
}

/**
 * Every node's progress with a change: nodes asked to confirm it, and nodes that only have running cases.
 * @param nodes the nodes to look at
 */
export function tasksOf(
  change: Pick<LegalBasisChange, 'tiers' | 'confirmBy'>,
  nodes: readonly DivisionCode[],
  reports: readonly LegalBasisReport[],
  divisions: Divisions,
  today: Day,
): LegalBasisTask[] {
  const byNode = new Map(reports.map((report) => [report.node, report]));
  return nodes.toSorted().flatMap((node) => {
    const asked = isAsked(change, node, divisions);
    const report = byNode.get(node) ?? null;
    if (!asked && report === null) return [];
    return [{ node, asked, report, late: asked && !report?.confirmation && today > change.confirmBy }];
  });
}

/**
 * Checks that a node was asked to confirm the change.
 * @throws {ProblemError} NOT_COMPETENT at a node that neither decides nor accepts an item of the change
 */
export function requireAsked(change: LegalBasisChange, node: DivisionCode, divisions: Divisions): void {
  if (isAsked(change, node, divisions)) return;
  throw problem('NOT_COMPETENT', `${node} neither decides nor accepts an item that rests on ${change.basis}.`, {
    article: ARTICLES.itemLife,
    field: 'change',
  });
}
