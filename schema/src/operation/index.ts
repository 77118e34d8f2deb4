/** What an operation is, and what is derived from one: fields of the graph, routes, duties, handlers, walks, a list. */
export { caseStep, fromNode, ruledStep } from './case-step.ts';
export type { CaseStep, FromNode } from './case-step.ts';
export { descriptionOf, domain, dutiesOf, operationsOf, routesOf } from './domain.ts';
export type { Domain, NoNameTwice, Operation } from './domain.ts';
export { askedDivision, id, requiredDivision, unrouted, word } from './fields.ts';
export { operate, performing } from './handlers.ts';
export type { Handlers, MutationHandler, Perform, QueryHandler, StepHandler } from './handlers.ts';
export { listOf, mutation, pageOf, query, view } from './operation.ts';
export type { AnswerOf, InputOf, Mutation, Query, View, ViewerOf } from './operation.ts';
export { NAMED_DIVISION } from './route.ts';
export type { Gathering, Route } from './route.ts';
