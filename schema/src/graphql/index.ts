export { executeRole, extensionsOf } from './execute.ts';
export * from './catalogue-inputs.ts';
export * from './inputs.ts';
export type { ItemChangeView, ItemDraftView, ItemHistoryView, ItemLifeService, ItemReviewView } from './item-life.ts';
export { roleSchema } from './roles.ts';
export type * from './services.ts';
