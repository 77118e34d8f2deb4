import { problem } from './errors.ts';
import type { Day } from './calendar.ts';
import { isDay } from './calendar.ts';
import type { Tier } from './words.ts';
import { TIERS } from './words.ts';

/**
 * Code of a place (行政区划代码): 6 digits city or county, 9 township, 12 village. GB/T 2260 and 统计用区划代码. A zone or park
 * (开发区、园区) has a local code, 6 digits of the place where it was founded, Z and two digits; it keeps this code when its
 * parent changes.
 */
export type DivisionCode = string;

/** A place of the administrative division. */
export interface Division {
  code: DivisionCode;
  name: string;
  tier: Tier;
  /** Null for the city only. */
  parent: DivisionCode | null;
  /** A zone's later parents, each with the day it begins; other places have no later parents. */
  parentsFrom?: readonly DatedParent[];
}

/** A parent from a day on. */
export interface DatedParent {
  parent: DivisionCode;
  from: Day;
}

const CODE = /^\d{6}(?:(?:\d{3}){0,2}|Z\d{2})$/;
const ZONE = /^\d{6}Z\d{2}$/;

/** Whether the text has the form of a zone's local code, say `331022Z01`. */
export function isZoneCode(text: string): boolean {
  return ZONE.test(text);
}

/** Whether the text has the form of a division code; says nothing about whether the place exists. */
export function isDivisionCode(text: string): boolean {
  return CODE.test(text);
}

/**
 * The register of places, immutable. Parents come from the register and not from the code's prefix, so that a zone or
 * park with a local code fits in.
 */
export class Divisions {
  readonly city: Division;
  readonly #byCode: ReadonlyMap<DivisionCode, Division>;
  readonly #given: ReadonlyMap<DivisionCode, Division>;
  readonly #children = new Map<DivisionCode, Division[]>();
  readonly #asOf = new Map<Day, Divisions>();

  /**
   * @param day the day the register is for: a zone has the parent of that day; without a day, its first parent
   * @throws {ProblemError} BAD_INPUT naming the row if a code is malformed or doubled, or its parent is missing; all
   * former and future parents of a zone are checked in the same way
   */
  constructor(given: readonly Division[], day?: Day) {
    const rows = given.map((row): Division => ({ ...row, parent: parentOf(row, day) }));
    const byCode = new Map<DivisionCode, Division>();
    for (const row of rows) {
      if (!isDivisionCode(row.code))
        throw bad(`"${row.code}" is not a division code (6, 9 or 12 digits, or a zone's 331022Z01).`, row.code);
      if (byCode.has(row.code)) throw bad(`Division ${row.code} is listed twice.`, row.code);
      byCode.set(row.code, row);
    }
    const cities: Division[] = [];
    for (const row of rows) {
      if (row.parent === null) {
        if (row.tier !== 'CITY') throw bad(`Division ${row.code} (${row.tier}) has no parent.`, row.code);
        cities.push(row);
        continue;
      }
      for (const code of [row.parent, ...(row.parentsFrom ?? []).map((later) => later.parent)]) {
        const parent = byCode.get(code);
        if (!parent) throw bad(`Parent ${code} of division ${row.code} is not in the register.`, row.code);
        if (TIERS.indexOf(parent.tier) !== TIERS.indexOf(row.tier) - 1) {
          throw bad(`Division ${row.code} (${row.tier}) can't lie below ${parent.code} (${parent.tier}).`, row.code);
        }
      }
      const siblings = this.#children.get(row.parent);
      if (siblings) siblings.push(row);
      else this.#children.set(row.parent, [row]);
    }
    const [city, second] = cities;
    if (!city || second) throw bad(`The register needs exactly one city, it has ${cities.length}.`, 'parent');
    this.city = city;
    this.#byCode = byCode;
    this.#given = new Map(given.map((row) => [row.code, row]));
  }

  get size(): number {
    return this.#byCode.size;
  }

  all(): IterableIterator<Division> {
    return this.#byCode.values();
  }

  find(code: DivisionCode): Division | undefined {
    return this.#byCode.get(code);
  }

  /** @throws {ProblemError} UNKNOWN_DIVISION */
  get(code: DivisionCode): Division {
    const division = this.#byCode.get(code);
    if (!division) throw problem('UNKNOWN_DIVISION', `No division has the code "${code}".`, { field: 'division' });
    return division;
  }

  /**
   * The parent a place has on a day, which for a zone may be another than today's; null for the city.
   * @throws {ProblemError} UNKNOWN_DIVISION
   */
  parentOn(code: DivisionCode, day: Day): DivisionCode | null {
    const { parent } = this.get(code);
    const given = this.#given.get(code);
    return given ? parentOf(given, day) : parent;
  }

  /** The register on a day: zones have the parents of that day. */
  asOf(day: Day): Divisions {
    const given = [...this.#given.values()];
    if (!given.some((row) => row.parentsFrom)) return this;
    let found = this.#asOf.get(day);
    if (!found) this.#asOf.set(day, (found = new Divisions(given, day)));
    return found;
  }

  children(code: DivisionCode): readonly Division[] {
    return this.#children.get(code) ?? [];
  }

  /** The place itself first, then its parents up to the city. */
  lineage(code: DivisionCode): Division[] {
    const line: Division[] = [];
    for (let at: Division | undefined = this.get(code); at; at = at.parent === null ? undefined : this.get(at.parent)) {
      line.push(at);
    }
    return line;
  }

  /** The parents, nearest first, without the place itself. */
  ancestors(code: DivisionCode): Division[] {
    return this.lineage(code).slice(1);
  }

  /** The place or its parent at that tier; undefined if the place is above the tier. */
  atTier(code: DivisionCode, tier: Tier): Division | undefined {
    return this.lineage(code).find((d) => d.tier === tier);
  }

  /** Whether the place is the other one or lies within it. */
  isWithin(code: DivisionCode, outer: DivisionCode): boolean {
    return this.lineage(code).some((d) => d.code === outer);
  }

  /** The place and everything below it, parents before children. */
  subtree(code: DivisionCode): Division[] {
    const found: Division[] = [this.get(code)];
    for (let i = 0; i < found.length; i++) {
      const at = found[i];
      if (at) found.push(...this.children(at.code));
    }
    return found;
  }
}

/** The parent of a place on a day: the last one that has begun by then. */
function parentOf({ parent, parentsFrom = [] }: Division, day: Day | undefined): DivisionCode | null {
  if (day === undefined) return parent;
  return parentsFrom.findLast((later) => later.from <= day)?.parent ?? parent;
}

/**
 * Reads the register from CSV text with the header `code,name,tier,parent`. A zone that changes its parent lists the
 * later parents after the first, each with its day: `331022Z01,浦坝港园区,township,331022;2027-01-01:331023`.
 * @param day the day the register is for, see {@link Divisions}
 * @throws {ProblemError} BAD_INPUT with the faulty line.
 */
export function parseDivisions(csv: string, day?: Day): Divisions {
  // spreadsheets add commas at the end of rows
  const lines = csv
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/,+$/, ''));
  if (lines[0] !== 'code,name,tier,parent') {
    throw bad('The division register must begin with the line "code,name,tier,parent".', '1');
  }
  const rows: Division[] = [];
  lines.forEach((line, index) => {
    if (index === 0 || line === '') return;
    const [code = '', name = '', tier = '', parent = '', ...rest] = line.split(',');
    const found = TIERS.find((t) => t.toLowerCase() === tier);
    if (!found || name === '' || rest.length > 0) {
      throw bad(
        `Line ${index + 1} of the division register is not "code,name,tier,parent": ${line}`,
        String(index + 1),
      );
    }
    const [first = '', ...changes] = parent.split(';');
    const row: Division = { code, name, tier: found, parent: first === '' ? null : first };
    rows.push(changes.length === 0 ? row : { ...row, parentsFrom: datedParents(changes, code, index + 1) });
  });
  return new Divisions(rows, day);
}

function datedParents(changes: readonly string[], code: DivisionCode, line: number): DatedParent[] {
  const wrong = (why: string) => bad(`Line ${line} of the division register: ${why}.`, String(line));
  if (!isZoneCode(code)) throw wrong(`${code} is no zone, and only a zone changes its parent`);
  const parents = changes.map((change) => {
    const [from = '', parent = '', ...rest] = change.split(':');
    if (!isDay(from) || !isDivisionCode(parent) || rest.length > 0) throw wrong(`"${change}" is no "day:parent"`);
    return { from, parent };
  });
  parents.forEach(({ from }, i) => {
    const before = parents[i - 1];
    if (before && before.from >= from) throw wrong(`the change of ${from} does not follow that of ${before.from}`);
  });
  return parents;
}

function bad(message: string, field: string) {
  return problem('BAD_INPUT', message, { field });
}
