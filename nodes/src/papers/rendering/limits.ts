/** Most pages of one print sheet. */
export const MAX_PAGES = 300;
/** Most bytes of one print sheet: it is kept in memory while it is read. */
export const MAX_SHEET_BYTES = 24_000_000;
/** Most bytes of the papers that one print sheet is made of: the host and the rendering process hold them at once. */
export const MAX_SHEET_INPUT = 100_000_000;
