/** How a handler stands at the desk today. */
export const HANDLER_STANDINGS = ['PRESENT', 'ABSENT', 'LEFT'] as const;
export type HandlerStanding = (typeof HANDLER_STANDINGS)[number];
export const HANDLER_STANDING_LABELS: Record<HandlerStanding, string> = {
  PRESENT: '在岗',
  ABSENT: '离岗',
  LEFT: '已离职',
};

/** Whose cases a list shows: those of who asks and of whom they stand in for, or those that wait for a handler. */
export const HANDLER_FILTERS = ['ME', 'NOBODY'] as const;
export type HandlerFilter = (typeof HANDLER_FILTERS)[number];
export const HANDLER_FILTER_LABELS: Record<HandlerFilter, string> = {
  ME: '我承办的(含代岗)',
  NOBODY: '尚无承办人',
};
