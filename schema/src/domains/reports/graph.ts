import type { Report } from '../../case/case-file.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { maskNumbersIn } from '../../kernel/identity-numbers.ts';
import type { ReportView } from './views.ts';
import { REPORT_EVENT, REPORT_RESULT, REPORT_WAY } from './words.ts';

const masked = (text: string | null) => text && maskNumbersIn(text);

/** How a case stands at the organ outside (转报). */
export function reportType({ builder, enumOf, refs: { Division } }: RoleBuilder) {
  const Event = builder.objectRef<Report['events'][number]>('ReportEvent').implement({
    description: '转报进展',
    fields: (t) => ({
      event: t.field({ type: enumOf(REPORT_EVENT), nullable: false, resolve: (e) => e.event }),
      on: t.field({ type: 'Date', nullable: false, resolve: (e) => e.on }),
      number: t.exposeString('number'),
      what: t.string({ resolve: (e) => masked(e.what) }),
      by: t.string({ nullable: false, resolve: (e) => e.actor.name }),
    }),
  });
  const Result = builder.objectRef<NonNullable<Report['result']>>('ReportOutcome').implement({
    description: "转报结果: the outside organ's. Its document is the case's issued one.",
    fields: (t) => ({
      result: t.field({ type: enumOf(REPORT_RESULT), nullable: false, resolve: (r) => r.result }),
      number: t.exposeString('number', { nullable: false, description: '文号' }),
      on: t.field({ type: 'Date', nullable: false, resolve: (r) => r.on }),
      reason: t.string({ resolve: (r) => masked(r.reason) }),
      by: t.string({ nullable: false, description: 'Who recorded it.', resolve: (r) => r.actor.name }),
    }),
  });
  return builder.objectRef<ReportView>('Report').implement({
    description: '转报: a case that an organ outside decides.',
    fields: (t) => ({
      to: t.exposeString('to', { nullable: false, description: 'The organ outside.' }),
      number: t.exposeString('number', { nullable: false, description: '文号 of the letter it went with.' }),
      sentOn: t.field({ type: 'Date', nullable: false, resolve: (r) => r.sentOn }),
      node: t.field({ type: Division, description: 'The organ that sent it.', resolve: (r) => r.node }),
      by: t.string({ nullable: false, resolve: (r) => r.actor.name }),
      way: t.field({ type: enumOf(REPORT_WAY), nullable: false, resolve: (r) => r.way }),
      sent: t.string({ nullable: false, resolve: (r) => maskNumbersIn(r.sent) }),
      dueOn: t.field({
        type: 'Date',
        description: 'By when the organ outside is expected to answer. It never counts as time of a desk here.',
        resolve: (r) => r.dueOn,
      }),
      late: t.exposeBoolean('late', { nullable: false, description: 'Whether the organ outside is past that day.' }),
      awaitsSupplement: t.exposeBoolean('awaitsSupplement', {
        nullable: false,
        description: 'Whether the organ outside waits for a supplement; it is not late meanwhile.',
      }),
      events: t.field({ type: [Event], nullable: false, resolve: (r) => r.events }),
      result: t.field({ type: Result, resolve: (r) => r.result }),
    }),
  });
}
