import type { Answer } from '../../case/case-file.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { maskNumbersIn } from '../../kernel/identity-numbers.ts';
import { ANSWER_VERDICT } from './words.ts';

/** The answer of a case (答复件). */
export function answerType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<Answer>('CaseAnswer').implement({
    description: '明确答复 of a case that is answered and not decided.',
    fields: (t) => ({
      verdict: t.field({ type: enumOf(ANSWER_VERDICT), nullable: false, resolve: (a) => a.verdict }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (a) => a.at }),
      node: t.field({ type: Division, resolve: (a) => a.node }),
      by: t.string({ nullable: false, resolve: (a) => a.actor.name }),
      reason: t.string({ nullable: false, resolve: (a) => maskNumbersIn(a.reason) }),
      basis: t.exposeString('basis', { nullable: false, description: 'The rules it goes by.' }),
      needs: t.stringList({
        nullable: false,
        description: 'What has to be there first.',
        resolve: (a) => a.needs.map(maskNumbersIn),
      }),
      remedies: t.exposeString('remedies', { description: '救济途径; null where no law gives any.' }),
      inNameOf: t.field({ type: Division, resolve: (a) => a.inNameOf }),
      department: t.exposeString('department'),
    }),
  });
}
