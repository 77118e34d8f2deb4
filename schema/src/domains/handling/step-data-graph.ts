import type { ObjectRef } from '@pothos/core';
import type { LogEntry } from '../../case/log-line.ts';
import { grantUseSchema, missingMaterialSchema } from '../../case/log-line.ts';
import type { LogAction } from '../../case/log-words.ts';
import { LOG_ACTION_LABELS, LOG_ACTIONS } from '../../case/log-words.ts';
import type { ShownData, ShownField } from '../../case/shown-data.ts';
import { SHOWN_DATA } from '../../case/shown-data.ts';
import { maskNumbersIn } from '../../kernel/identity-numbers.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { SchemaTypes } from '../../graph/pothos.ts';
import { limitSchema } from '../catalogue/catalogue.ts';

type Ref = ObjectRef<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, unknown>;
type Data = Readonly<Record<string, unknown>>;

/** The role's types by their schemas: what several lines have is one type. */
interface Made {
  role: RoleBuilder;
  types: Map<unknown, Ref>;
}

/** The type of a line's data: a field for each action, null for lines of other actions. */
export function stepDataType(role: RoleBuilder) {
  const { Limit, MissingMaterial, DelegationUse } = role.refs;
  const known = [
    [limitSchema, Limit as Ref],
    [missingMaterialSchema, MissingMaterial as Ref],
    [grantUseSchema, DelegationUse as Ref],
  ] as const;
  const made: Made = { role, types: new Map<unknown, Ref>(known) };
  const actions = LOG_ACTIONS.filter((action) => SHOWN_DATA[action].fields.length > 0).map((action) => {
    const field = camelOf(action);
    return { action, field, type: objectOf(made, SHOWN_DATA[action], `${upperFirst(field)}Data`) };
  });
  return role.builder.objectRef<LogEntry>('StepData').implement({
    description: 'What a line of the log says: the field of its action; the others are null.',
    fields: (t) =>
      Object.fromEntries(
        actions.map(({ action, field, type }) => [
          field,
          t.field({
            type,
            description: LOG_ACTION_LABELS[action],
            resolve: (entry) => (entry.action === action ? entry.data : null),
          }),
        ]),
      ),
  });
}

/** @param name its name where the schema gives none */
function objectOf(made: Made, { schema, type, fields }: ShownData, name: string): Ref {
  const before = made.types.get(schema);
  if (before) return before;
  const own = type ?? name;
  const types = new Map(fields.map((field) => [field.name, typeOf(made, field, own)]));
  const ref: Ref = made.role.builder.objectRef<unknown>(own).implement({
    fields: (t) =>
      Object.fromEntries(
        fields.map((field) => {
          const of = types.get(field.name);
          const options = {
            // Pothos infers a resolver's value from the type; a derived one gives what the line's schema says
            type: (field.list ? [of] : of) as 'String',
            nullable: field.nullable,
            resolve: (data: unknown) => shown(field, (data as Data)[field.name]) as string,
          };
          return [field.name, t.field(options)];
        }),
      ),
  });
  made.types.set(schema, ref);
  return ref;
}

function typeOf(made: Made, { name, value }: ShownField, owner: string): unknown {
  switch (value.kind) {
    case 'LEAF':
      return value.type === 'Division' ? made.role.refs.Division : value.type;
    case 'WORD':
      return made.role.enumOf(value.vocabulary);
    case 'OBJECT':
      return objectOf(made, value, `${owner.replace(/Data$/, '')}${upperFirst(name)}`);
    default:
      return value satisfies never;
  }
}

/** The value as the graph shows it: numbers in free texts are masked. */
function shown({ value }: ShownField, given: unknown): unknown {
  if (value.kind !== 'LEAF' || value.type !== 'String') return given ?? null;
  if (Array.isArray(given)) return given.map((text) => maskNumbersIn(String(text)));
  return typeof given === 'string' ? maskNumbersIn(given) : null;
}

/** `HANDOFF_REFUSED` is `handoffRefused`. */
const camelOf = (action: LogAction) => action.toLowerCase().replace(/_(.)/g, (_, first: string) => first.toUpperCase());
const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
