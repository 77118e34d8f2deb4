export * from './bounded-cache.ts';
export * from './divisions.ts';
export * from './errors.ts';
export * from './file-text.ts';
export * from './sizes.ts';
export * from './identifiers.ts';
export * from './plain-text.ts';
export * from './vocabulary.ts';
export * from './rules/index.ts';
export * from './messages/index.ts';
export * from './graphql/index.ts';
export * from './identity/index.ts';
export * from './trust/index.ts';
export * from './domains/index.ts';
export { descriptionOf, dutiesOf, operate, operationsOf, performing, routesOf, unrouted } from './operation/index.ts';
export type {
  AnswerOf,
  CaseStep,
  Domain,
  Gathering,
  Handlers,
  InputOf,
  Operation,
  Perform,
  Route as OperationRoute,
} from './operation/index.ts';
