import { z } from 'zod';
import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import type { IdType } from '../../case/words.ts';
import { ID_TYPES } from '../../case/words.ts';
import type { CatalogueFault } from '../catalogue/catalogue-file.ts';
import { isIdNumber } from '../../kernel/identity-numbers.ts';
import { bareNumber } from '../../kernel/written-numbers.ts';
import type { DataOffer } from './rules.ts';
import { dataOfferSchema } from './rules.ts';

const rowSchema = z.strictObject({
  idType: z.enum(ID_TYPES),
  idNumber: z.string().max(60).transform(bareNumber),
  fields: z.record(z.string(), z.string().trim().min(1).max(1000)),
});

const fileSchema = z.strictObject({
  note: z.string().optional(),
  node: z.string().refine(isDivisionCode, 'a division code'),
  registers: z
    .array(z.strictObject({ name: z.string().trim().min(1).max(60), rows: z.array(rowSchema).max(200_000) }))
    .min(1),
  offers: z.array(dataOfferSchema.omit({ version: true, node: true })),
});

/** A register's data on one person or organization. */
export interface RegisterRow {
  idType: IdType;
  idNumber: string;
  fields: Record<string, string>;
}

/** A node's registers and the offers from them; the offers have no version yet. */
export interface RegisterFile {
  node: DivisionCode;
  registers: { name: string; rows: RegisterRow[] }[];
  offers: Omit<DataOffer, 'version'>[];
}

/**
 * Checks a register file, field by field and each part against the others. A fault names its place and never quotes the
 * value, because a row is personal data.
 * @param content the parsed JSON
 * @returns the registers if there are no faults; otherwise every fault with its place
 */
export function readRegisterFile(
  content: unknown,
  divisions: Divisions,
): { file: RegisterFile; faults: [] } | { file: null; faults: CatalogueFault[] } {
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    return {
      file: null,
      faults: parsed.error.issues.map((issue) => ({ place: placeOf(issue.path), message: `${issue.message}.` })),
    };
  }
  const { node, registers, offers } = parsed.data;
  const faults: CatalogueFault[] = [];
  const fault = (place: string, message: string) => void faults.push({ place, message });
  if (!divisions.find(node)) fault('node', `no division has the code ${node}.`);
  for (const [name, places] of doubled(registers.map((r) => r.name)))
    fault(`registers[${places}].name`, `${name} twice.`);
  for (const [id, places] of doubled(offers.map((o) => o.id))) fault(`offers[${places}].id`, `${id} twice.`);
  offers.forEach((offer, i) => {
    const place = `offers[${i}]`;
    if (!offer.id.startsWith(`${node}-`)) fault(`${place}.id`, `does not begin with ${node}-.`);
    if (!registers.some((r) => r.name === offer.register)) fault(`${place}.register`, 'is not in this file.');
    const { askers, fields, validFrom, validTo } = offer;
    if (askers.tiers.length === 0 && askers.divisions.length === 0) fault(`${place}.askers`, 'lets nobody ask.');
    askers.divisions.forEach((code, j) => {
      if (!divisions.find(code)) fault(`${place}.askers.divisions[${j}]`, `no division has the code ${code}.`);
    });
    for (const [name, at] of doubled(fields.map((f) => f.name))) fault(`${place}.fields[${at}].name`, `${name} twice.`);
    if (!fields.some((f) => f.essential)) fault(`${place}.fields`, 'none is essential: nothing would be replaced.');
    if (validTo !== null && validTo <= validFrom) fault(`${place}.validTo`, 'is not after validFrom.');
  });
  registers.forEach((register, i) => {
    const offered = offers.filter((o) => o.register === register.name).flatMap((o) => o.fields.map((f) => f.name));
    const subjects = doubled(register.rows.map((row) => `${row.idType} ${row.idNumber}`));
    for (const [, at] of subjects) fault(`registers[${i}].rows[${at}].idNumber`, 'stands in this register already.');
    register.rows.forEach((row, j) => {
      const place = `registers[${i}].rows[${j}]`;
      if (!isIdNumber(row.idType, row.idNumber)) fault(`${place}.idNumber`, `is no valid ${row.idType}.`);
      const missing = [...new Set(offered)].filter((name) => row.fields[name] === undefined);
      if (missing.length > 0) fault(`${place}.fields`, `lacks ${missing.join(', ')}, which is offered.`);
    });
  });
  if (faults.length > 0) return { file: null, faults };
  return { file: { node, registers, offers: offers.map((offer) => ({ ...offer, node })) }, faults: [] };
}

/** Repeated values of a list, with the index of each later copy. */
function doubled(values: readonly string[]): [string, number][] {
  const seen = new Set<string>();
  return values.flatMap((value, index): [string, number][] => {
    if (seen.has(value)) return [[value, index]];
    seen.add(value);
    return [];
  });
}

/** `registers[0].rows[3].idNumber`; `file` for the whole. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place.replace(/^\./, '') || 'file';
}
