import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { ScalarName } from './scalars.ts';
import { SCALARS } from './scalars.ts';
import type { RoleContext } from './services.ts';

export interface SchemaTypes {
  Context: RoleContext;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: Date };
    Date: { Input: string; Output: string };
    Base64: { Input: string; Output: string };
    Fen: { Input: number; Output: number };
  };
}

/** A builder of Pothos that knows these scalars, and nothing else yet. */
export function newBuilder(scalars: readonly ScalarName[]) {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [RelayPlugin],
    relay: { clientMutationId: 'omit', cursorType: 'String', nodesOnConnection: true },
  });
  for (const name of scalars) builder.scalarType(name, SCALARS[name]);
  return builder;
}

export type GraphBuilder = ReturnType<typeof newBuilder>;
