/** 管家服务: enterprises with a steward at this desk, and their cases over all tiers. */
export { stewardHandlers } from './handlers.ts';
export { countStewarded } from './steward-store.ts';
