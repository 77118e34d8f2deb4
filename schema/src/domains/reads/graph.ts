import { ROLE } from '../../kernel/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { reads } from './operations.ts';
import type { PersonalDataReadView } from './views.ts';

/** Fields of role sharing for the log of reads (查阅记录). */
export function addReads(role: RoleBuilder): void {
  const { builder, enumOf, refs } = role;
  const PersonalDataRead = builder.objectRef<PersonalDataReadView>('PersonalDataRead').implement({
    description: '个人信息查阅记录: who read which personal data, when, in which post; append-only.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (r) => r.at }),
      division: t.field({ type: refs.Division, description: "The reader's desk.", resolve: (r) => r.division }),
      person: t.exposeString('personName', { nullable: false }),
      posts: t.field({ type: [enumOf(ROLE)], nullable: { list: false, items: false }, resolve: (r) => r.roles }),
      fields: t.exposeStringList('fields', {
        nullable: false,
        description: 'Fields of this graph; of a command: `application`, `materials`, `message`.',
      }),
      masked: t.exposeBoolean('masked', { nullable: false, description: 'Whether numbers were masked.' }),
      question: t.exposeString('question', {
        nullable: false,
        description: 'For what: the question that was asked, or the command that was run on the host.',
      }),
      purpose: t.exposeString('purpose', {
        description: 'Why, in the words of the person who had it shown; null for what was masked.',
      }),
    }),
  });
  addOperations(role, reads, { PersonalDataRead });
}
