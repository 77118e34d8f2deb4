/** What an operation is, and what is derived from one: fields of the graph, routes, duties, handlers, walks, a list. */
export type { Answers, Page, PageRequest } from './answers.ts';
export { bulksOf, MOST_IN_BULK } from './bulk.ts';
export type { BulkOperation } from './bulk.ts';
export { asksOnly, dutiesOf, mergesOf, operationsOf, personalFieldsOf, routesOf } from './domain.ts';
export type { AnyStep } from './case-step.ts';
export type { Domain, Operation } from './domain.ts';
export { unrouted } from './fields.ts';
export type { LookupKey, MergedType } from './merging.ts';
export type { PersonalRecord } from './personal-field.ts';
export { AfterCommit, operate, performing } from './handlers.ts';
export type { Handlers, Perform, PreparedMutation } from './handlers.ts';
export type { InputOf } from './operation.ts';
export {
  PERMISSIONS,
  requireCaseReader,
  requireClearReader,
  requireDepartment,
  requireFiguresReader,
  requireKeeper,
  requireKeptDesk,
  requireOwnCase,
  requireOwnDesk,
  departmentsOf,
  permittedRole,
  requirePermission,
  requireReaderOver,
  isOfHandlingDesk,
  signedIn,
} from './permissions.ts';
export type { Action, Viewer } from './permissions.ts';
export { postsAt, stepsOf, stepStates } from './step-states.ts';
export type { CaseStepState } from './step-states.ts';
export type { Gathering, Merging, Route as OperationRoute, SingleRoute } from './route.ts';
