import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DivisionCode } from '../kernel/divisions.ts';
import { parseDivisions } from '../kernel/divisions.ts';
import type { Material } from '../case/log-line.ts';
import type { OfficialCalendar } from '../kernel/calendar.ts';
import type { Implementation, Item } from '../domains/catalogue/catalogue.ts';
import { implementationSchema, standardImplementation } from '../domains/catalogue/catalogue.ts';
import { readCatalogueFile } from '../domains/catalogue/catalogue-file.ts';

const dataFile = (name: string) => readFileSync(new URL(`../../../data/${name}`, import.meta.url), 'utf8');

/** The real register of Taizhou: 1 city, 9 counties, 136 townships, 3,429 villages. */
export const divisions = parseDivisions(dataFile('taizhou-divisions.csv'));

export const CITY = '331000';
/** 三门县 */
export const COUNTY = '331022';
/** 亭旁镇 */
export const TOWNSHIP = '331022103';
/** 包家村 */
export const VILLAGE = '331022103201';
/** 杨家村, of the same township */
export const NEIGHBOUR_VILLAGE = '331022103200';
/** 珠岙镇, of the same county */
export const OTHER_TOWNSHIP = '331022102';
/** 樟树下村, of {@link OTHER_TOWNSHIP} */
export const OTHER_TOWNSHIPS_VILLAGE = '331022102201';
/** 椒江区 */
export const OTHER_COUNTY = '331002';

/** The sample catalogue as parsed JSON, afresh each time so that a test may spoil it. */
export function catalogueContent(): { issuer: unknown; items: Record<string, unknown>[] } & Record<string, unknown> {
  return JSON.parse(dataFile('catalog-sample.json')) as ReturnType<typeof catalogueContent>;
}

/** The real items of the sample catalogue, in force from 2024 on. */
export const items: readonly Item[] = (() => {
  const { file, faults } = readCatalogueFile(catalogueContent(), '2024-01-01');
  if (!file) throw new Error(`The sample catalogue is faulty: ${JSON.stringify(faults)}`);
  return file.items.map((item) => ({ ...item, version: 1 }));
})();

export function itemOf(code: string): Item {
  const item = items.find((i) => i.code === code);
  if (!item) throw new Error(`The sample catalogue has no ${code}.`);
  return item;
}

export function implementationOf(item: Item, node: DivisionCode = COUNTY): Implementation {
  return standardImplementation(item, node, 1);
}

/** The sample implementations: what the nodes of the demo state of their own, without the standard's elements. */
export const sampleImplementations: readonly Implementation[] = (() => {
  const { implementations } = JSON.parse(dataFile('implementations-sample.json')) as {
    implementations: (Record<string, unknown> & { item: string; node: DivisionCode })[];
  };
  return implementations.map((stated) =>
    implementationSchema.parse({ ...implementationOf(itemOf(stated.item), stated.node), ...stated, version: 2 }),
  );
})();

interface PublishedDays {
  holidays: Record<string, string>;
  workdays: Record<string, string>;
}

/** The calendars the State Council has published, to the end of 2026. */
export const calendar: OfficialCalendar = (() => {
  const file = createRequire(import.meta.url).resolve('chinese-days/dist/chinese-days.json');
  const { holidays, workdays } = JSON.parse(readFileSync(file, 'utf8')) as PublishedDays;
  const days = Object.keys(holidays);
  return {
    years: new Set(days.filter((day) => day.endsWith('-10-01')).map((day) => Number(day.slice(0, 4)))),
    restDays: new Set(days),
    makeUpDays: new Set(Object.keys(workdays)),
  };
})();

/** The calendar once a notice for 2027 is out; its days are made up, only New Year's Day is certain. */
export const calendarWith2027: OfficialCalendar = {
  years: new Set([...calendar.years, 2027]),
  restDays: new Set([...calendar.restDays, '2027-01-01', '2027-02-08', '2027-02-09', '2027-02-10', '2027-10-01']),
  makeUpDays: new Set([...calendar.makeUpDays, '2027-01-30']),
};

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A material that was handed in under that name. */
export function material(name: string, content = name): Material {
  const fileName = `${name}.pdf`.slice(0, 200);
  return { name, fileName, mediaType: 'application/pdf', sha256: sha256(content), size: content.length };
}

/** An instant in the centre's zone: `at('2026-03-02', '09:30')`. */
export function at(day: string, time = '09:00'): Date {
  return new Date(`${day}T${time}${time.length === 5 ? ':00.000' : ''}+08:00`);
}
