import type { EnumRef as EnumRefOf } from '@pothos/core';
import type { Vocabulary } from '../kernel/vocabulary.ts';
import type { GraphBuilder, SchemaTypes } from './pothos.ts';

export type EnumRef<T extends string> = EnumRefOf<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, T>;
/** The enum of a vocabulary. @example enumOf(CASE_STATE) */
export type EnumOf = <T extends string>(vocabulary: Vocabulary<T>) => EnumRef<T>;

/** Makes the enum of a vocabulary when a role first uses it; each word is described by its label. */
export function enumsOf(builder: GraphBuilder): EnumOf {
  const made = new Map<string, unknown>();
  return <T extends string>({ name, zh, labels }: Vocabulary<T>) => {
    const words = (Object.entries(labels) as [T, string][]).map(([word, label]) => [word, { description: label }]);
    const ref =
      made.get(name) ??
      builder.enumType(name, {
        description: zh,
        values: Object.fromEntries(words) as Record<T, { description: string }>,
      });
    made.set(name, ref);
    // the builder infers the same words from the labels' keys
    return ref as EnumRef<T>;
  };
}
