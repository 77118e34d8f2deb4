import type { FieldNode, GraphQLResolveInfo, GraphQLSchema, SelectionSetNode } from 'graphql';
import { Kind, defaultFieldResolver, isObjectType } from 'graphql';
import type { PersonalField } from '../operation/personal-field.ts';
import type { RoleContext } from './services.ts';

/** Makes every personal field record its read before it is shown. */
export function noteReads(schema: GraphQLSchema, fields: Readonly<Record<string, PersonalField>>): void {
  for (const [name, field] of Object.entries(fields)) {
    const [typeName = '', fieldName = ''] = name.split('.');
    const type = schema.getType(typeName);
    const found = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!found) continue;
    const resolve = found.resolve ?? defaultFieldResolver;
    found.resolve = (source: unknown, args: Record<string, unknown>, context: RoleContext, info) => {
      const noted = (value: unknown) => {
        if (context.noteRead && field.shows(value)) {
          const below = field.below.length === 0 ? [''] : selected(info, field.below).map((path) => `.${path}`);
          const masked = JSON.stringify(value).includes('**');
          const purpose = field.purpose(args);
          for (const path of below) {
            const shown = field.recordedAs(args) ?? `${name}${path}`;
            const read = { kind: field.kind, subject: field.subject(source, args), field: shown, masked, purpose };
            context.noteRead(field.node(source, context), read);
          }
        }
        return value;
      };
      const value: unknown = resolve(source, args, context, info);
      return value instanceof Promise ? value.then(noted) : noted(value);
    };
  }
}

/** The selected ones of the fields below, in any form of the question. */
function selected(info: GraphQLResolveInfo, below: readonly string[]): string[] {
  const paths = new Set(info.fieldNodes.flatMap((node) => pathsOf(node, info)));
  return below.filter((path) => paths.has(path));
}

function pathsOf({ selectionSet }: FieldNode, info: GraphQLResolveInfo): string[] {
  return selectionSet ? inside(selectionSet, info, '') : [];
}

function inside(set: SelectionSetNode, info: GraphQLResolveInfo, before: string): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) {
      const path = `${before}${selection.name.value}`;
      return [path, ...(selection.selectionSet ? inside(selection.selectionSet, info, `${path}.`) : [])];
    }
    const deeper =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : info.fragments[selection.name.value]?.selectionSet;
    return deeper ? inside(deeper, info, before) : [];
  });
}
