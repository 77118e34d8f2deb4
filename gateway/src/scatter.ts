import type { FieldNode, FragmentDefinitionNode, OperationDefinitionNode, VariableDefinitionNode } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { Kind, print, valueFromASTUntyped, visit } from 'graphql';

/** One root field of a request, with its arguments' values and all that is needed to ask for it alone. */
export interface RootField {
  /** Alias or name, under which its answer is returned. */
  responseKey: string;
  name: string;
  args: Record<string, unknown>;
  /** The request for this field alone. */
  alone(): Asked;
  /** The same question with one argument given by a variable; its value is added later. */
  keyed(argument: string, type: string): Asked & { keysVariable: string };
}

/** A request's text and variables. */
export interface Asked {
  query: string;
  variables: Record<string, unknown>;
}

/** Splits a request into its root fields, so that each can go to the node that owns its answer. */
export function rootFieldsOf(document: DocumentNode, variables: Record<string, unknown>): RootField[] {
  const operation = document.definitions.find((d) => d.kind === Kind.OPERATION_DEFINITION);
  if (!operation) return [];
  const fragments = document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION);
  return flatten(operation.selectionSet.selections, fragments).map((field) => ({
    responseKey: field.alias?.value ?? field.name.value,
    name: field.name.value,
    args: Object.fromEntries(
      (field.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value, variables)]),
    ),
    alone: () => askAlone(operation, field, fragments, variables),
    keyed: (argument, type) => {
      const keysVariable = freeVariable(operation);
      const keyed = keyedField(field, argument, keysVariable);
      return { keysVariable, ...askAlone(operation, keyed, fragments, variables, `$${keysVariable}: ${type}`) };
    },
  }));
}

function flatten(
  selections: OperationDefinitionNode['selectionSet']['selections'],
  fragments: readonly FragmentDefinitionNode[],
): FieldNode[] {
  return selections.flatMap((selection): FieldNode[] => {
    switch (selection.kind) {
      case Kind.FIELD:
        return [selection];
      case Kind.INLINE_FRAGMENT:
        return flatten(selection.selectionSet.selections, fragments);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments.find((f) => f.name.value === selection.name.value);
        return fragment ? flatten(fragment.selectionSet.selections, fragments) : [];
      }
      default:
        return selection satisfies never;
    }
  });
}

/** A name that none of the operation's own variables has. */
function freeVariable(operation: OperationDefinitionNode): string {
  const used = new Set((operation.variableDefinitions ?? []).map((v) => v.variable.name.value));
  let name = '_keys';
  while (used.has(name)) name += '_';
  return name;
}

/** The field with one argument's value taken from a variable. */
function keyedField(field: FieldNode, argument: string, variable: string): FieldNode {
  return {
    ...field,
    arguments: (field.arguments ?? []).map((given) =>
      given.name.value === argument
        ? { ...given, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } } }
        : given,
    ),
  };
}

function askAlone(
  operation: OperationDefinitionNode,
  field: FieldNode,
  fragments: readonly FragmentDefinitionNode[],
  variables: Record<string, unknown>,
  extraVariable?: string,
): Asked {
  const needed = usedFragments(field, fragments);
  const used = usedVariables(field, fragments, needed);
  const definitions = (operation.variableDefinitions ?? [])
    .filter((v: VariableDefinitionNode) => used.has(v.variable.name.value))
    .map((v) => print(v));
  if (extraVariable !== undefined) definitions.push(extraVariable);
  const head = definitions.length > 0 ? `(${definitions.join(', ')})` : '';
  const parts = fragments.filter((f) => needed.has(f.name.value)).map((f) => print(f));
  return {
    query: [`${operation.operation}${head} { ${print(field)} }`, ...parts].join('\n'),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))),
  };
}

function usedFragments(
  node: FieldNode | FragmentDefinitionNode,
  fragments: readonly FragmentDefinitionNode[],
  found = new Set<string>(),
): Set<string> {
  visit(node, {
    FragmentSpread: (spread) => {
      const name = spread.name.value;
      if (found.has(name)) return;
      found.add(name);
      const fragment = fragments.find((f) => f.name.value === name);
      if (fragment) usedFragments(fragment, fragments, found);
    },
  });
  return found;
}

function usedVariables(
  field: FieldNode,
  fragments: readonly FragmentDefinitionNode[],
  needed: ReadonlySet<string>,
): Set<string> {
  const used = new Set<string>();
  for (const node of [field, ...fragments.filter((f) => needed.has(f.name.value))]) {
    visit(node, { Variable: (variable) => void used.add(variable.name.value) });
  }
  return used;
}

/** The printed type of a root field's argument, `[HandlingKey!]!`. */
export function argumentType(schema: GraphQLSchema, field: string, argument: string): string {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const found = roots.flatMap((root) => root?.getFields()[field] ?? [])[0]?.args.find((a) => a.name === argument);
  if (!found) throw new Error(`${field} has no argument ${argument}`);
  return String(found.type);
}
