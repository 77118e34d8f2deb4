import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, divisions, implementationOf, itemOf, items, VILLAGE } from '../../testing/fixtures.ts';
import { cpsvOf, durationOf } from './cpsv.ts';

const whole = cpsvOf(
  items.map((item) => ({ item, implementation: null })),
  CITY,
  divisions,
);
const services = whole['@graph'].filter((node) => node['@type'] === 'cpsv:PublicService');

/** Every term of a document that JSON-LD reads as prefix:name. */
function termsOf(value: unknown, key = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((part) => termsOf(part, key));
  if (typeof value === 'string') return key === '@type' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...termsOf(part, name)]);
}

describe('the CPSV-AP export', () => {
  test('holds all 42 sample items, each once', () => {
    expect(services).toHaveLength(42);
    expect(new Set(services.map((s) => s['@id']))).toHaveProperty('size', 42);
    expect(services.map((s) => s['dct:identifier'])).toEqual(items.map((item) => item.code));
  });

  test('uses no prefix that its context does not declare, and no word without one', () => {
    const terms = new Set(termsOf(whole['@graph']).filter((term) => !term.startsWith('@')));
    expect(terms.size).toBeGreaterThan(15);
    for (const term of terms) {
      const [prefix = '', name = ''] = term.split(':');
      expect([term, Object.keys(whole['@context'])]).toEqual([term, expect.arrayContaining([prefix])]);
      expect(name).not.toBe('');
    }
  });

  test('declares no prefix in vain, and every prefix as an IRI that names can be put to', () => {
    const used = new Set(termsOf(whole['@graph']).map((term) => term.split(':')[0]));
    for (const [prefix, iri] of Object.entries(whole['@context'])) {
      expect([prefix, used.has(prefix)]).toEqual([prefix, true]);
      expect(iri).toMatch(/^http:.*[#/]$/);
    }
  });

  test('points at nothing that is not in it', () => {
    const ids = new Set(whole['@graph'].map((node) => node['@id']));
    expect(services.every((s) => ids.has((s['dct:spatial'] as { '@id': string })['@id']))).toBe(true);
  });

  test('gives each service its mandatory properties, and is plain JSON', () => {
    for (const service of services) {
      for (const property of ['dct:identifier', 'dct:title', 'dct:description', 'cv:hasCompetentAuthority'])
        expect(service).toHaveProperty([property]);
    }
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });

  test('names the deciding organ where the division lies in one, and the tier’s department where not', () => {
    const item = itemOf('3310-MZ-001');
    const at = (node: string) => {
      const [, service] = cpsvOf([{ item, implementation: implementationOf(item) }], node, divisions)['@graph'];
      return service?.['cv:hasCompetentAuthority'];
    };
    expect(at(VILLAGE)).toMatchObject({ 'skos:prefLabel': { '@value': '三门县民政' } });
    expect(at(COUNTY)).toEqual(at(VILLAGE));
    expect(at(CITY)).toMatchObject({ 'skos:prefLabel': { '@value': '县民政' } });
  });

  test('gives a fee in yuan, and none where nothing is charged', () => {
    const of = (code: string) => services.find((s) => s['dct:identifier'] === code);
    expect(of('3310-JS-002')).toMatchObject({
      'cv:hasCost': { 'cv:value': { '@value': '550.00' }, 'cv:currency': 'CNY' },
    });
    expect(of('3310-MZ-001')).not.toHaveProperty(['cv:hasCost']);
  });

  test('tells limits as ISO 8601 durations, five working days to a week', () => {
    expect(durationOf({ days: 15, unit: 'DAY' })).toBe('P15D');
    expect(durationOf({ days: 18, unit: 'WORKDAY' })).toBe('P26D');
    expect(durationOf({ days: 0, unit: 'WORKDAY' })).toBe('P0D');
  });
});
