import { instant, integer, table, text } from '../db/index.ts';

/** How often a person searched for applicants in the hour that began at `since`; one row for each person. */
export const searchRatesTable = table('search_rates', ['issuer', 'person'], {
  issuer: text,
  person: text,
  since: instant,
  searches: integer,
});
