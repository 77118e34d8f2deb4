import type { RoleBuilder } from '../../graph/builder.ts';
import { SIGNAL_KIND } from './words.ts';
import type { SignalPreferencesView, SignalView, UnreadSignalsView } from './views.ts';

/** Fields of signals. */
export function signalRefs({ builder, enumOf, refs }: RoleBuilder) {
  const Kind = enumOf(SIGNAL_KIND);
  const Signal = builder.objectRef<SignalView>('Signal').implement({
    description:
      '提醒: what happened that a person or desk should know. It has no personal data; `case` and `meeting` show more.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      node: t.field({ type: refs.Division, description: 'The desk that tells it.', resolve: (s) => s.node }),
      kind: t.field({ type: Kind, nullable: false, resolve: (s) => s.kind }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (s) => s.at }),
      caseId: t.exposeID('caseId', { description: 'Null where it tells of a meeting.' }),
      number: t.exposeString('number', { description: "The case's; null where it tells of a meeting." }),
      item: t.field({
        type: refs.ItemStub,
        resolve: ({ item, node }) => (item === null ? null : { code: item, via: node }),
      }),
      meeting: t.exposeID('meeting', { description: 'The meeting it tells of, or whose task; else null.' }),
      personal: t.exposeBoolean('personal', {
        nullable: false,
        description: 'Whether it is for one person, and not for the whole desk or department.',
      }),
      due: t.field({
        type: 'Date',
        description:
          'The day the limit of the case or the task ends, for DUE_TOMORROW, REPORT_LATE and TASK_DUE; else null.',
        resolve: (s) => s.due,
      }),
      readAt: t.field({ type: 'DateTime', description: 'When the viewer read it.', resolve: (s) => s.readAt }),
    }),
  });
  const UnreadSignals = builder.objectRef<UnreadSignalsView>('UnreadSignals').implement({
    fields: (t) => ({
      count: t.exposeInt('count', { nullable: false, description: 'At most 1,000 are counted.' }),
      cursor: t.exposeString('cursor', { nullable: false, description: 'Later signals come after it.' }),
    }),
  });
  const SignalPreferences = builder.objectRef<SignalPreferencesView>('SignalPreferences').implement({
    description: '提醒设置',
    fields: (t) => ({
      off: t.field({
        type: [Kind],
        nullable: { list: false, items: false },
        description: 'Kinds the person wants no signals of.',
        resolve: (p) => p.off,
      }),
    }),
  });
  return { Signal, UnreadSignals, SignalPreferences };
}
