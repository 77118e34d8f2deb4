import type { Standardization } from './standardization.ts';
import { PROCESSING_CLASS, PROCESSING_CLASSES } from '../catalogue/item-words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { StandardizationView } from './views.ts';

/** Figures of standardization (标准化统计), of the role figures. Owner: the division's own node. */
export function standardizationType({ builder, enumOf, refs }: RoleBuilder) {
  const ClassCount = builder
    .objectRef<{ processingClass: (typeof PROCESSING_CLASSES)[number]; items: number }>('ClassCount')
    .implement({
      fields: (t) => ({
        processingClass: t.field({
          type: enumOf(PROCESSING_CLASS),
          nullable: false,
          resolve: (c) => c.processingClass,
        }),
        items: t.exposeInt('items', { nullable: false }),
      }),
    });
  const Figures = builder.objectRef<Standardization>('StandardizationFigures').implement({
    description: 'How far a node betters what statute and basic catalogue ask for, over the items it carries out.',
    fields: (t) => ({
      items: t.exposeInt('items', { nullable: false, description: 'Items in force that it carries out.' }),
      daysCut: t.int({
        nullable: false,
        description: '压缩时限: days cut from the statute, each item in its own unit.',
        resolve: (f) => f.daysCut.sum,
      }),
      daysCutAverage: t.float({
        description: 'Of the items whose promise can be compared with a statute; null without any.',
        resolve: (f) => f.daysCut.average,
      }),
      daysCutItems: t.int({ nullable: false, description: 'How many these are.', resolve: (f) => f.daysCut.items }),
      materialsDropped: t.exposeInt('materialsDropped', {
        nullable: false,
        description: '精简材料: materials of the basic standard that are asked for no more.',
      }),
      byClass: t.field({
        type: [ClassCount],
        nullable: false,
        resolve: (f) => PROCESSING_CLASSES.map((name) => ({ processingClass: name, items: f.byClass[name] ?? 0 })),
      }),
      onlineShare: t.exposeFloat('onlineShare', { description: '网上可办率, 0 to 1; null while it is not known.' }),
      withinOneVisitShare: t.exposeFloat('withinOneVisitShare', {
        description: '最多跑一次, 0 to 1; null without items.',
      }),
    }),
  });
  const Day = builder.objectRef<StandardizationView['days'][number]>('StandardizationDay').implement({
    fields: (t) => ({
      day: t.field({ type: 'Date', nullable: false, resolve: (d) => d.day }),
      figures: t.field({ type: Figures, nullable: false, resolve: (d) => d.figures }),
    }),
  });
  return builder.objectRef<StandardizationView>('Standardization').implement({
    description: '标准化统计',
    fields: (t) => ({
      division: t.field({ type: refs.Division, resolve: (s) => s.division }),
      present: t.field({ type: Figures, nullable: false, description: 'As of now.', resolve: (s) => s.present }),
      days: t.field({
        type: [Day],
        nullable: false,
        description: 'Days on which the figures changed, oldest first; they hold until the next.',
        resolve: (s) => s.days,
      }),
    }),
  });
}
