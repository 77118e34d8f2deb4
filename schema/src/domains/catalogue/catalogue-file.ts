import { z } from 'zod';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { jsonBytes, MAX_ITEM_BYTES } from '../../wire/sizes.ts';
import { isAbove } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { FormField, Item } from './catalogue.ts';
import type { FileItem } from './catalogue-format.ts';
import { entryOf, fileItemSchema, itemOf } from './catalogue-format.ts';
import { isLinearPattern } from './form-pattern.ts';
import { notLonger } from '../../kernel/limits.ts';

/** A fault of a catalogue file and its place in it, `items[3].materials[1]`. */
export interface CatalogueFault {
  place: string;
  message: string;
}

const fileSchema = z.strictObject({
  note: z.string().optional(),
  issuer: z.string().refine(isDivisionCode, 'a division code'),
  items: z.array(z.unknown()).min(1),
});

/** The content of a sound catalogue file; its items have no version yet. */
export interface CatalogueFile {
  issuer: DivisionCode;
  items: Omit<Item, 'version'>[];
}

/**
 * Checks every entry of a catalogue file, field by field, by the rules, and against the others.
 * @param content the parsed JSON
 * @param effectiveFrom the day its items take effect
 * @returns the items if there are no faults; otherwise every fault with its place, and no items
 */
export function readCatalogueFile(
  content: unknown,
  effectiveFrom: Day,
): { file: CatalogueFile; faults: [] } | { file: null; faults: CatalogueFault[] } {
  const head = fileSchema.safeParse(content);
  const faults = head.success ? [] : faultsOf(head.error, '');
  const raws = z.object({ items: z.array(z.unknown()) }).safeParse(content).data?.items ?? [];
  const entries = raws.map((raw) => fileItemSchema.safeParse(raw));
  const sound = raws.map(soundFields);
  const codes = sound.map((entry) => entry.code);
  entries.forEach((entry, index) => {
    const place = `items[${index}]`;
    if (!entry.success) faults.push(...faultsOf(entry.error, place));
    else faults.push(...sizeFaults(entry.data, place));
    const fields = sound[index] ?? {};
    const found = [...ruleFaults(fields), ...bundleFaults(fields, codes)];
    if (fields.processingClass === 'JOINT' && !hasKey(raws[index], 'bundle')) {
      found.push({ place: 'bundle', message: 'a joint item names its lead and members.' });
    }
    const first = codes.indexOf(codes[index]);
    if (codes[index] !== undefined && first < index) {
      found.push({ place: 'code', message: `${codes[index]} stands at items[${first}] already.` });
    }
    faults.push(...found.map((fault) => ({ ...fault, place: `${place}.${fault.place}` })));
  });
  if (!head.success || faults.length > 0) return { file: null, faults };
  const items = entries.flatMap((entry) => (entry.success ? [itemOf(entry.data, effectiveFrom)] : []));
  return { file: { issuer: head.data.issuer, items }, faults: [] };
}

/**
 * Faults of one item by the rules of a catalogue file. A draft written by hand is checked like an item from a file.
 * @param known codes a bundle may name beside the item itself
 */
export function itemFaults(item: Item, known: readonly string[]): CatalogueFault[] {
  const parsed = fileItemSchema.safeParse(entryOf(item));
  if (!parsed.success) return faultsOf(parsed.error, '');
  const missing = item.processingClass === 'JOINT' && item.bundle === null;
  return [
    ...sizeFaults(parsed.data, 'the item'),
    ...ruleFaults(parsed.data),
    ...bundleFaults(parsed.data, [...known, item.code]),
    ...(missing ? [{ place: 'bundle', message: 'a joint item names its lead and members.' }] : []),
  ];
}

/** A fault if the item is too long to be sent to other nodes. */
function sizeFaults(entry: FileItem, place: string): CatalogueFault[] {
  const bytes = jsonBytes(entry);
  if (bytes <= MAX_ITEM_BYTES) return [];
  return [{ place, message: `has ${bytes} bytes; an item may have ${MAX_ITEM_BYTES}.` }];
}

/** The fields of an entry that are valid on their own. The rules check these even if other fields are invalid. */
function soundFields(raw: unknown): Partial<FileItem> {
  if (typeof raw !== 'object' || raw === null) return {};
  const fields = Object.entries(fileItemSchema.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse((raw as Record<string, unknown>)[name]);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(fields) as Partial<FileItem>;
}

function hasKey(raw: unknown, key: string): boolean {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key);
}

/** Faults of one entry against the law; places are below the entry. */
function ruleFaults(entry: Partial<FileItem>): CatalogueFault[] {
  const { acceptingTiers = [], decidingTier, delegableTo = [], materials = [] } = entry;
  const { promisedDays = 0, statutoryDays = null, statutoryUnit = 'WORKDAY' } = entry;
  const faults: CatalogueFault[] = [];
  const fault = (place: string, message: string) => faults.push({ place, message });
  const names = materials.map((material) => material.name);
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) fault(`materials[${i}]`, `names "${name}" again.`);
  });
  const promisedUnit = entry.promisedUnit ?? statutoryUnit;
  for (const [place, count, unit] of [
    ['promisedDays', promisedDays, promisedUnit],
    ['statutoryDays', statutoryDays ?? 0, statutoryUnit],
  ] as const) {
    if (unit === 'DAY' && !Number.isInteger(count))
      fault(place, `only working days have halves (${ARTICLES.halfDays}).`);
  }
  // a promise in working days is longer than as many plain ones
  const longerUnit = promisedUnit === 'WORKDAY' && statutoryUnit === 'DAY' && promisedDays === statutoryDays;
  if (statutoryDays !== null && (promisedDays > statutoryDays || longerUnit)) {
    fault('promisedDays', `${promisedDays} is above the statute's ${statutoryDays} (${ARTICLES.decisionLimit}).`);
  }
  for (const place of ['greenChannel', 'urgent'] as const) {
    const limit = entry[place];
    if (!limit) continue;
    if (limit.unit === 'DAY' && !Number.isInteger(limit.days)) {
      fault(place, `only working days have halves (${ARTICLES.halfDays}).`);
    }
    if (entry.promisedDays !== undefined && !notLonger(limit, { days: promisedDays, unit: promisedUnit })) {
      fault(place, `${limit.days} is above the promise's ${promisedDays} (${ARTICLES.neverWorse}).`);
    }
  }
  if (decidingTier === 'VILLAGE') {
    fault(
      'decidingTier',
      `a village committee is no administrative organ and decides nothing (${ARTICLES.organsOnly}).`,
    );
  }
  if (acceptingTiers.length > 0 && acceptingTiers.every((tier) => tier === 'VILLAGE')) {
    fault('acceptingTiers', `a village takes in, an administrative organ must accept (${ARTICLES.organsOnly}).`);
  }
  if (decidingTier !== undefined) {
    acceptingTiers.forEach((tier, i) => {
      if (isAbove(tier, decidingTier)) {
        fault(`acceptingTiers[${i}]`, `${tier.toLowerCase()} stands above the deciding ${decidingTier.toLowerCase()}.`);
      }
    });
    delegableTo.forEach((tier, i) => {
      if (!isAbove(decidingTier, tier) || tier === 'VILLAGE') {
        fault(`delegableTo[${i}]`, `nothing can be delegated to a ${tier.toLowerCase()} (${ARTICLES.organsOnly}).`);
      }
    });
  }
  return [...faults, ...patternFaults(entry.fields ?? [], 'fields')];
}

/** Patterns that no engine matches in time linear in the value: one value of theirs could hold a host up. */
function patternFaults(fields: readonly FormField[], place: string): CatalogueFault[] {
  return fields.flatMap(({ pattern }, i) =>
    pattern === null || isLinearPattern(pattern)
      ? []
      : [{ place: `${place}[${i}].pattern`, message: 'write it without look-ahead, look-behind and back-references.' }],
  );
}

/** A bundle is of items of the file, led and ordered among themselves, or of departments. */
function bundleFaults({ bundle }: Partial<FileItem>, codes: readonly (string | undefined)[]): CatalogueFault[] {
  if (!bundle) return [];
  const { members = [], departments = [], sequence = [], lead } = bundle;
  const faults: CatalogueFault[] = [];
  const fault = (place: string, message: string) => faults.push({ place: `bundle.${place}`, message });
  if (members.length === 0 && departments.length === 0) fault('members', 'a bundle has member items or departments.');
  members.forEach((member, i) => {
    if (!codes.includes(member)) fault(`members[${i}]`, `names ${member}, which is not in the file.`);
  });
  if (members.length > 0 && !members.includes(lead)) fault('lead', `names ${lead}, which is no member.`);
  const ordered = sequence.flat();
  sequence.forEach((stage, i) => {
    const strangers = stage.filter((code) => !members.includes(code));
    if (strangers.length > 0) fault(`sequence[${i}]`, `names ${strangers.join(', ')}, which is no member.`);
  });
  const left = members.filter((member) => !ordered.includes(member));
  if (sequence.length > 0 && left.length > 0) fault('sequence', `leaves out ${left.join(', ')}.`);
  const { form = [], provides = [] } = bundle;
  form.forEach(({ name, fills }, i) => {
    if (form.findIndex((field) => field.name === name) < i) fault(`form[${i}].name`, `${name} stands there already.`);
    fills.forEach(({ item }, j) => {
      if (!members.includes(item)) fault(`form[${i}].fills[${j}]`, `names ${item}, which is no member.`);
    });
  });
  provides.forEach(({ item }, i) => {
    if (!members.includes(item)) fault(`provides[${i}]`, `names ${item}, which is no member.`);
  });
  faults.push(...patternFaults(form, 'bundle.form'));
  return faults;
}

function faultsOf(error: z.ZodError, prefix: string): CatalogueFault[] {
  return error.issues.map((issue) => {
    const path = issue.path.map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`)).join('');
    return { place: (prefix + path).replace(/^\./, '') || 'the file', message: issue.message };
  });
}
