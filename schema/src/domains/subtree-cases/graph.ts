import { problem } from '../../kernel/errors.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { answerKeys } from '../../graph/builder.ts';
import { silentNodeRef } from '../../graph/subtree-coverage.ts';
import { addOperations } from '../../operation/graph.ts';
import { signedIn } from '../../operation/permissions.ts';
import { subtreeCases } from './operations.ts';
import type { CasesAsked } from './parts.ts';
import { casesAskedSchema } from './parts.ts';
import type { CasesCoverage, CaseWithin } from './views.ts';

/** Role supervision (督查): cases over many nodes. Owner: each node, of its own; the gateway merges them. */
export function addSupervision(role: RoleBuilder): void {
  const { builder } = role;
  const Key = builder.inputType('CasesWithinKey', { fields: (t) => ({ at: t.id({ required: true }), via: t.id() }) });
  builder.queryType({
    fields: (t) => ({
      _casesWithin: t.field({
        type: ['String'],
        nullable: { list: false, items: true },
        args: {
          keys: t.arg({ type: [Key], required: true }),
          asked: t.arg.string({ required: true, description: 'The page, JSON.' }),
        },
        resolve: (_, { keys, asked }, context) => {
          const viewer = signedIn(context.viewer);
          const page = pageIn(asked);
          return answerKeys(keys, async (node, found) => {
            const part = JSON.stringify(await context.services(node).casesWithin.part(viewer, page));
            return found.map(() => part);
          });
        },
      }),
    }),
  });
  addOperations(role, subtreeCases, { CasesWithinConnection: connectionRef(role) });
}

/** @throws {ProblemError} BAD_INPUT */
function pageIn(text: string): CasesAsked {
  try {
    return casesAskedSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw problem('BAD_INPUT', 'asked: not a page of this list.', { field: 'asked', cause });
  }
}

function connectionRef(role: RoleBuilder) {
  const { builder } = role;
  // other roles have the rest of the case
  const Case = builder.objectRef<CaseWithin>('Case').implement({
    description: '办件: one application, from filing to closing.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      _custodian: t.id({ description: 'The node that had it in its work queue.', resolve: (c) => c.custodian }),
    }),
  });
  const Coverage = coverageRef(role);
  return builder.connectionObject({
    type: Case,
    name: 'CasesWithinConnection',
    fields: (t) => ({
      coverage: t.field({
        type: Coverage,
        nullable: false,
        resolve: (page) => (page as unknown as { coverage: CasesCoverage }).coverage,
      }),
    }),
  });
}

function coverageRef(role: RoleBuilder) {
  const { builder, refs } = role;
  const Answered = builder.objectRef<CasesCoverage['answered'][number]>('AnsweredNode').implement({
    fields: (t) => ({
      node: t.field({ type: refs.Division, resolve: (a) => a.node }),
      asOf: t.field({ type: 'DateTime', nullable: false, resolve: (a) => a.asOf }),
    }),
  });
  return builder.objectRef<CasesCoverage>('CasesCoverage').implement({
    description: 'Which nodes of a division a page covers, and up to when.',
    fields: (t) => ({
      expected: t.int({ nullable: false, resolve: (c) => c.answered.length + c.silent.length }),
      answered: t.int({ nullable: false, resolve: (c) => c.answered.length }),
      asOf: t.field({
        type: 'DateTime',
        description: 'Every node that answered is covered up to this moment; null if none did.',
        resolve: (c) => (c.answered.length === 0 ? null : new Date(Math.min(...c.answered.map(({ asOf }) => +asOf)))),
      }),
      nodes: t.field({
        type: [Answered],
        nullable: false,
        description: 'Nodes that answered.',
        resolve: (c) => c.answered,
      }),
      silent: t.field({
        type: [silentNodeRef(role)],
        nullable: false,
        description: 'Nodes that did not answer, and why. Their cases are missing here.',
        resolve: (c) => c.silent,
      }),
    }),
  });
}
