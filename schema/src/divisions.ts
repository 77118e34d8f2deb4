import { problem } from './errors.ts';
import type { Tier } from './vocabulary.ts';
import { TIERS } from './vocabulary.ts';

/** Code of a place (行政区划代码): 6 digits city or county, 9 township, 12 village. GB/T 2260 and 统计用区划代码. */
export type DivisionCode = string;

/** A place of the administrative division. */
export interface Division {
  code: DivisionCode;
  name: string;
  tier: Tier;
  /** Null for the city only. */
  parent: DivisionCode | null;
}

const CODE = /^\d{6}(?:\d{3}){0,2}$/;

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
  readonly #children = new Map<DivisionCode, Division[]>();

  /** @throws {ProblemError} BAD_INPUT naming the row when a code is malformed, doubled or its parent is missing. */
  constructor(rows: readonly Division[]) {
    const byCode = new Map<DivisionCode, Division>();
    for (const row of rows) {
      if (!isDivisionCode(row.code)) throw bad(`"${row.code}" is not a division code (6, 9 or 12 digits).`, row.code);
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
      const parent = byCode.get(row.parent);
      if (!parent) throw bad(`Parent ${row.parent} of division ${row.code} is not in the register.`, row.code);
      if (TIERS.indexOf(parent.tier) !== TIERS.indexOf(row.tier) - 1) {
        throw bad(`Division ${row.code} (${row.tier}) can't lie below ${parent.code} (${parent.tier}).`, row.code);
      }
      const siblings = this.#children.get(row.parent);
      if (siblings) siblings.push(row);
      else this.#children.set(row.parent, [row]);
    }
    const [city, second] = cities;
    if (!city || second) throw bad(`The register needs exactly one city, it has ${cities.length}.`, 'parent');
    this.city = city;
    this.#byCode = byCode;
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

  /** The place or its parent at that tier; undefined when the place lies above the tier. */
  atTier(code: DivisionCode, tier: Tier): Division | undefined {
    return this.lineage(code).find((d) => d.tier === tier);
  }

  /** Whether the place is the other one or lies in it. */
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

/**
 * Reads the register from CSV text with the header `code,name,tier,parent`.
 * @throws {ProblemError} BAD_INPUT with the line that is wrong.
 */
export function parseDivisions(csv: string): Divisions {
  const lines = csv.replace(/^\uFEFF/, '').split(/\r?\n/);
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
    rows.push({ code, name, tier: found, parent: parent === '' ? null : parent });
  });
  return new Divisions(rows);
}

function bad(message: string, field: string) {
  return problem('BAD_INPUT', message, { field });
}
