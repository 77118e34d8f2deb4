import { ROLE } from '../../kernel/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { CaseNoteView } from './views.ts';

/** Fields of a note. */
export function noteRef({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  return builder.objectRef<CaseNoteView>('CaseNote').implement({
    description: '内部备注: for the desks that handle the case and their supervisors, never for the applicant.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (n) => n.at }),
      node: t.field({ type: Division, description: 'The desk it was written at.', resolve: (n) => n.node }),
      author: t.exposeString('author', { nullable: false }),
      post: t.field({ type: enumOf(ROLE), nullable: false, resolve: (n) => n.post }),
      insteadOf: t.exposeString('insteadOf', { description: 'The absent colleague in whose place it was written.' }),
      text: t.exposeString('text', { nullable: false }),
    }),
  });
}
