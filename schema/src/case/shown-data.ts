import type { z } from 'zod';
import { globalRegistry } from 'zod';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import { divisionCodeSchema } from './line-parts.ts';
import type { LogEntry } from './log-line.ts';
import { logDataSchemas } from './log-line.ts';
import type { LogAction } from './log-words.ts';

// What of a line's data people see: in the graph, and in the readable part of an export. It is derived from the schemas
// of the lines, so that a new action can't be forgotten. A text must say what it is, or why it is withheld.

type Schema = z.core.$ZodType;

/** A value of a line's data, as it is shown. */
export type ShownValue =
  | { kind: 'LEAF'; type: 'String' | 'ID' | 'Int' | 'Float' | 'Boolean' | 'Fen' | 'Date' | 'DateTime' | 'Division' }
  | { kind: 'WORD'; vocabulary: Vocabulary }
  /** `type`: its name in the graph, where several lines have it. */
  | { kind: 'OBJECT'; schema: Schema; type: string | null; fields: ShownField[] };

export interface ShownField {
  name: string;
  value: ShownValue;
  /** Whether it is a list of such values. */
  list: boolean;
  /** Whether the line may lack it. */
  nullable: boolean;
}

/** A field that is not shown, and why. */
export interface WithheldField {
  /** `DECIDED.records`, `AGENT_CHANGED.from.sub`. */
  path: string;
  why: string;
}

/** @throws {Error} where a field says neither how it is shown nor why it is not */
function fieldsOf(schema: Schema, at: string, withheld: WithheldField[]): ShownField[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'object') throw new Error(`${at}: the data of a line is an object, not zod's ${def.type}`);
  return Object.entries(def.shape).flatMap(([name, inner]) => {
    const field = fieldOf(name, inner, `${at}.${name}`, withheld);
    return field === null ? [] : [field];
  });
}

/** Walks inwards through what zod wraps around a field; null where it is withheld. */
function fieldOf(name: string, given: Schema, at: string, withheld: WithheldField[]): ShownField | null {
  let schema = given;
  let nullable = false;
  let list = false;
  for (;;) {
    const why = globalRegistry.get(schema)?.withheld;
    if (why !== undefined) {
      withheld.push({ path: at, why });
      return null;
    }
    const { def } = (schema as z.core.$ZodTypes)._zod;
    if (def.type === 'optional' || def.type === 'nullable') {
      nullable ||= !list;
      schema = def.innerType;
    } else if (def.type === 'array' && !list) {
      list = true;
      schema = def.element;
    } else {
      return { name, value: valueOf(schema, at, withheld), list, nullable };
    }
  }
}

function valueOf(schema: Schema, at: string, withheld: WithheldField[]): ShownValue {
  if (schema === divisionCodeSchema) return { kind: 'LEAF', type: 'Division' };
  const { scalar, vocabulary, outputType = null } = globalRegistry.get(schema) ?? {};
  if (scalar !== undefined && scalar !== 'Base64') return { kind: 'LEAF', type: scalar };
  if (vocabulary) return { kind: 'WORD', vocabulary };
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') {
    return { kind: 'OBJECT', schema, type: outputType, fields: fieldsOf(schema, at, withheld) };
  }
  const leaf = leafOf(schema);
  if (leaf !== null) return { kind: 'LEAF', type: leaf };
  throw new Error(`${at}: say how it is shown with said(), named, word() or .meta({ scalar }), or why not: withheld`);
}

/** The type that zod's own schema tells; null for texts, which must say what they are. */
function leafOf(schema: Schema): 'Boolean' | 'Int' | 'Float' | 'DateTime' | 'ID' | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'boolean') return 'Boolean';
  if (def.type === 'literal' && def.values.every((value) => typeof value === 'boolean')) return 'Boolean';
  if (def.type === 'number') return (schema as z.ZodNumber).format?.includes('int') ? 'Int' : 'Float';
  if (def.type !== 'string') return null;
  const { format } = schema as z.ZodString;
  if (format === 'datetime') return 'DateTime';
  return format === 'uuid' ? 'ID' : null;
}

/** The data of one action that people see. */
export type ShownData = Extract<ShownValue, { kind: 'OBJECT' }>;

const withheldFields: WithheldField[] = [];
const shown = Object.fromEntries(
  Object.entries(logDataSchemas).map(([action, schema]) => [action, valueOf(schema, action, withheldFields)]),
);

/** The data of each action that people see. */
export const SHOWN_DATA = shown as Readonly<Record<LogAction, ShownData>>;

/** The data that nobody is shown, and why. */
export const WITHHELD_DATA: readonly WithheldField[] = withheldFields;

/** What an entry of the log shows, one value an entry, by its path: `second.name`, `missing.0.reason`. */
export function shownEntries({ action, data }: LogEntry): [path: string, value: string | number | boolean][] {
  return entriesOf(SHOWN_DATA[action].fields, data, '');
}

function entriesOf(
  fields: readonly ShownField[],
  data: Readonly<Record<string, unknown>>,
  before: string,
): [string, string | number | boolean][] {
  return fields.flatMap(({ name, value, list }) => {
    const given = data[name];
    if (given === null || given === undefined) return [];
    const path = `${before}${name}`;
    const all = list ? (given as unknown[]).map((one, i) => [`${path}.${i}`, one] as const) : [[path, given] as const];
    return all.flatMap(([at, one]) =>
      value.kind === 'OBJECT'
        ? entriesOf(value.fields, one as Readonly<Record<string, unknown>>, `${at}.`)
        : [[at, one as string | number | boolean] satisfies [string, string | number | boolean]],
    );
  });
}
