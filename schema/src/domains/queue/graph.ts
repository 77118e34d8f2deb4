import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { queue } from './operations.ts';
import type { QueueService } from './rules.ts';
import type { BoardWindowView, QueueBoardView, QueueNumberView } from './views.ts';
import { QUEUE_STATE } from './words.ts';

/** Fields of role offices for queue numbers (排队叫号). */
export function addQueue(role: RoleBuilder): void {
  const { builder, enumOf, refs } = role;
  const { Division, ItemStub } = refs;
  const Service = builder.objectRef<QueueService & { via: string }>('QueueService').implement({
    description: 'What a visitor came for.',
    fields: (t) => ({
      item: t.field({
        type: ItemStub,
        description: 'Null if only a department was named.',
        resolve: (s) => (s.item === null ? null : { code: s.item, via: s.via }),
      }),
      department: t.exposeString('department', { nullable: false }),
      done: t.exposeBoolean('done', { nullable: false }),
    }),
  });
  const QueueNumber = builder.objectRef<QueueNumberView>('QueueNumber').implement({
    description: '排队号 of one day. It names no person.',
    fields: (t) => ({
      number: t.exposeID('number', { nullable: false }),
      day: t.field({ type: 'Date', nullable: false, resolve: (n) => n.day }),
      state: t.field({ type: enumOf(QUEUE_STATE), nullable: false, resolve: (n) => n.state }),
      services: t.field({
        type: [Service],
        nullable: false,
        resolve: (n) => n.services.map((service) => ({ ...service, via: n.division })),
      }),
      appointmentBegins: t.string({
        description: 'HH:MM; null without an appointment.',
        resolve: (n) => n.appointment?.begins ?? null,
      }),
      takenAt: t.field({ type: 'DateTime', nullable: false, resolve: (n) => n.takenAt }),
      window: t.exposeID('window', { description: 'The one that called it last.' }),
      calledAt: t.field({ type: 'DateTime', resolve: (n) => n.calledAt }),
      calls: t.exposeInt('calls', { nullable: false, description: 'How often that window called it.' }),
      ahead: t.exposeInt('ahead', { nullable: false, description: 'How many are called before it, by now.' }),
      division: t.field({ type: Division, resolve: (n) => n.division }),
    }),
  });
  const BoardWindow = builder.objectRef<BoardWindowView>('BoardWindow').implement({
    fields: (t) => ({
      code: t.exposeID('code', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
      place: t.exposeString('place'),
      department: t.exposeString('department'),
      number: t.exposeString('number', { description: 'The number it called; null if no visitor is there.' }),
      calledAt: t.field({ type: 'DateTime', resolve: (w) => w.calledAt }),
      calls: t.exposeInt('calls', { nullable: false, description: 'How often it called that number.' }),
      waiting: t.exposeInt('waiting', { nullable: false, description: 'How many wait that it serves.' }),
    }),
  });
  const QueueBoard = builder.objectRef<QueueBoardView>('QueueBoard').implement({
    description: '叫号屏',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (b) => b.division }),
      day: t.field({ type: 'Date', nullable: false, resolve: (b) => b.day }),
      windows: t.field({
        type: [BoardWindow],
        nullable: false,
        description: 'Those that are open today.',
        resolve: (b) => [...b.windows],
      }),
      waiting: t.stringList({
        nullable: false,
        description: 'Numbers in the order they are called.',
        resolve: (b) => [...b.waiting],
      }),
      passed: t.stringList({ nullable: false, resolve: (b) => [...b.passed] }),
    }),
  });
  addOperations(role, queue, { QueueNumber, QueueBoard });
}
