import type { RoleBuilder } from '../../graph/builder.ts';

/** Input types that drafts of items and revisions of implementations share; each role makes its own copy. */
export function elementInputs({ builder, enums }: RoleBuilder) {
  const Limit = builder.inputType('LimitInput', {
    fields: (t) => ({
      days: t.float({ required: true, description: 'Whole days, or half working days.' }),
      unit: t.field({ type: enums.DayUnit, required: true }),
    }),
  });
  const Material = builder.inputType('MaterialRequirementInput', {
    fields: (t) => ({
      name: t.string({ required: true }),
      required: t.boolean({ required: true }),
      providedBy: t.field({ type: enums.MaterialSource }),
      held: t.boolean(),
    }),
  });
  const FeeRate = builder.inputType('FeeRateInput', {
    fields: (t) => ({ category: t.string({ required: true }), percent: t.int({ required: true }) }),
  });
  const FeeSchedule = builder.inputType('FeeScheduleInput', {
    fields: (t) => ({
      baseFen: t.field({ type: 'Fen', description: 'In fen; null where the amount follows a schedule of its own.' }),
      unit: t.string({ required: true }),
      note: t.string(),
      rates: t.field({ type: [FeeRate], required: true }),
    }),
  });
  return { Limit, Material, FeeSchedule };
}
