/** Words with their labels, and their enum in the graph. */
export interface Vocabulary<T extends string = string> {
  /** Of the graph's enum. */
  name: string;
  /** Description of the enum. */
  zh: string;
  labels: Readonly<Record<T, string>>;
}

/** @example export const CUSTODY = vocabulary('Custody', '承办权', CUSTODY_LABELS) */
export const vocabulary = <T extends string>(
  name: string,
  zh: string,
  labels: Readonly<Record<T, string>>,
): Vocabulary<T> => ({ name, zh, labels });
