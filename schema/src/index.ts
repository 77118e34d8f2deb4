export * from './divisions.ts';
export * from './errors.ts';
export * from './identifiers.ts';
export * from './vocabulary.ts';
export * from './rules/index.ts';
export * from './messages/index.ts';
export * from './graphql/index.ts';
export * from './identity/index.ts';
