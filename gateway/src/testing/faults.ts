import type { ExecutionResult } from 'graphql';

/** An error of an answer, without its sentence. */
export interface ShownFault {
  place: string;
  code: unknown;
  node: unknown;
}

/** The errors of an answer by place, code and node. */
export function faultsOf(result: ExecutionResult): ShownFault[] {
  return (result.errors ?? []).map(({ path, extensions }) => ({
    place: (path ?? []).join('.'),
    code: extensions['code'],
    node: extensions['node'],
  }));
}

/** The fields of one role's part, each with the same fault. */
export function places(at: string, fields: readonly string[], code: string, node: string | null): ShownFault[] {
  return fields.map((field) => ({ place: `${at}.${field}`, code, node }));
}

/** Sorted by place, for answers whose order of errors does not matter. */
export function sorted(faults: readonly ShownFault[]): ShownFault[] {
  return faults.toSorted((a, b) => (a.place < b.place ? -1 : 1));
}
