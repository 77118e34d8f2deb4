import { ERROR_CODE } from '../kernel/errors.ts';
import type { RoleBuilder } from './builder.ts';
import type { SubtreeCoverage } from '../domains/catalogue/views.ts';

/** The nodes of a division that answered a question put to all of them, for every role with such a question. */
export function addSubtreeCoverage(role: RoleBuilder) {
  const { builder } = role;
  const SilentNode = silentNodeRef(role);
  return builder.objectRef<SubtreeCoverage>('SubtreeCoverage').implement({
    description: 'Which nodes of a division answered a question put to all of them.',
    fields: (t) => ({
      expected: t.exposeInt('expected', { nullable: false }),
      answered: t.exposeInt('answered', { nullable: false }),
      silent: t.field({
        type: [SilentNode],
        nullable: false,
        description: 'Nodes that did not answer, and why.',
        resolve: (c) => c.silent,
      }),
    }),
  });
}

/** A node of a division that did not answer, and why. */
export function silentNodeRef({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<SubtreeCoverage['silent'][number]>('SilentNode').implement({
    fields: (t) => ({
      node: t.field({ type: Division, resolve: (s) => s.node }),
      code: t.field({ type: enumOf(ERROR_CODE), nullable: false, resolve: (s) => s.code }),
    }),
  });
}
