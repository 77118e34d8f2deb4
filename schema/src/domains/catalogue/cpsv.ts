import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { ITEM_KIND_LABELS } from './item-words.ts';
import { TIER_LABELS } from '../../kernel/words.ts';
import type { FeeSchedule, Implementation, Item } from './catalogue.ts';
import { scheduleOf } from './catalogue.ts';
import type { Limit } from '../../kernel/limits.ts';

/** Prefixes of the JSON-LD context; CPSV-AP 3.x reuses DCMI, ELI, SKOS and ADMS. */
const CONTEXT = {
  cpsv: 'http://purl.org/vocab/cpsv#',
  cv: 'http://data.europa.eu/m8g/',
  dct: 'http://purl.org/dc/terms/',
  eli: 'http://data.europa.eu/eli/ontology#',
  adms: 'http://www.w3.org/ns/adms#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const;

/** A JSON-LD document of public services. */
export interface CpsvCatalogue {
  '@context': typeof CONTEXT;
  '@graph': Record<string, unknown>[];
}

/**
 * Published items as public services of the Core Public Service Vocabulary (CPSV-AP 3.x, JSON-LD), for catalogues
 * outside this federation.
 * @param items with the implementation of the node that decides for `node`; null if the standard stands in
 * @param node the node whose people the services are for; it gives the spatial coverage
 */
export function cpsvOf(
  items: readonly { item: Item; implementation: Implementation | null }[],
  node: DivisionCode,
  divisions: Divisions,
): CpsvCatalogue {
  const place = divisions.get(node);
  const spatial = {
    '@id': divisionId(node),
    '@type': 'dct:Location',
    'dct:identifier': node,
    'skos:prefLabel': zh(place.name),
  };
  return {
    '@context': CONTEXT,
    '@graph': [spatial, ...items.map(({ item, implementation }) => serviceOf(item, implementation, node, divisions))],
  };
}

function serviceOf(
  item: Item,
  implementation: Implementation | null,
  node: DivisionCode,
  divisions: Divisions,
): Record<string, unknown> {
  const { promised, materials } = implementation ?? item.standard;
  const id = `urn:liandong:item:${item.code}`;
  const cost = costOf(scheduleOf(item, implementation), id);
  return {
    '@id': id,
    '@type': 'cpsv:PublicService',
    'dct:identifier': item.code,
    'dct:title': zh(item.name),
    'dct:description': zh(descriptionOf(item, promised)),
    'dct:type': zh(ITEM_KIND_LABELS[item.kind]),
    'dct:language': 'zh',
    'dct:spatial': { '@id': divisionId(node) },
    'adms:status': item.status,
    'cv:hasCompetentAuthority': authorityOf(item, node, divisions),
    'cv:hasLegalResource': { '@id': `${id}#basis`, '@type': 'eli:LegalResource', 'dct:title': zh(item.legalBasis) },
    'cpsv:hasInput': materials.map((material, i) => ({
      '@id': `${id}#input-${i + 1}`,
      '@type': 'cv:Evidence',
      'dct:identifier': `${item.code}-${i + 1}`,
      'dct:title': zh(material.name),
      'dct:description': zh(material.required ? '必要' : '非必要'),
    })),
    ...(cost ? { 'cv:hasCost': cost } : {}),
    'cv:processingTime': { '@type': 'xsd:duration', '@value': durationOf(promised) },
    ...(item.lifeEvents.length > 0 ? { 'dct:subject': item.lifeEvents.map(zh) } : {}),
  };
}

/** Of a division that is too high to name one organ, the department at the deciding tier. */
function authorityOf({ decidingTier, department }: Item, node: DivisionCode, divisions: Divisions): object {
  const decider = divisions.atTier(node, decidingTier);
  const where = decider ? decider.code : `${node}:${decidingTier.toLowerCase()}`;
  return {
    '@id': `urn:liandong:authority:${where}:${encodeURIComponent(department)}`,
    '@type': 'cv:PublicOrganisation',
    'dct:identifier': `${where} ${department}`,
    'skos:prefLabel': zh(`${decider?.name ?? TIER_LABELS[decidingTier]}${department}`),
    'dct:spatial': { '@id': divisionId(decider?.code ?? node) },
  };
}

function costOf(feeSchedule: FeeSchedule | null, id: string): object | null {
  if (!feeSchedule) return null;
  const { baseFen, unit, note, rates } = feeSchedule;
  const categories = rates.map(({ category, percent }) => `${category} ${percent}%`).join(', ');
  return {
    '@id': `${id}#cost`,
    '@type': 'cv:Cost',
    'dct:identifier': id,
    ...(baseFen === null ? {} : { 'cv:value': { '@type': 'xsd:decimal', '@value': (baseFen / 100).toFixed(2) } }),
    'cv:currency': 'CNY',
    'dct:description': zh([`每${unit}`, categories, note ?? ''].filter(Boolean).join('; ')),
  };
}

function descriptionOf({ name, department, note }: Item, { days, unit }: Limit): string {
  const limit = unit === 'WORKDAY' ? `承诺 ${days} 个工作日` : `承诺 ${days} 日`;
  return [`${name}(${department})`, limit, note].filter((part) => part !== null).join(';');
}

/**
 * A limit as an ISO 8601 duration. Working days have none: they are given as plain days, five to a week and rounded up;
 * holidays lengthen them. The description keeps the true limit.
 */
export function durationOf({ days, unit }: Limit): string {
  return `P${unit === 'DAY' ? days : Math.ceil((days * 7) / 5)}D`;
}

function zh(text: string): object {
  return { '@language': 'zh', '@value': text };
}

function divisionId(code: DivisionCode): string {
  return `urn:liandong:division:${code}`;
}
