/**
 * The field's standard terms. Each enum has the same spelling in code, GraphQL, database and messages; the Chinese
 * labels are what people read. Provinces number these differently: numbers are mapped at the edge.
 */

export * from './vocabulary/desks.ts';
export * from './vocabulary/items.ts';
export * from './vocabulary/catalogue.ts';
export * from './vocabulary/cases.ts';
export * from './vocabulary/case-log.ts';
export * from './vocabulary/powers.ts';
export * from './vocabulary/proxy.ts';
export * from './vocabulary/joint.ts';
export * from './vocabulary/projects.ts';
export * from './vocabulary/sharing.ts';
export * from './vocabulary/supervision.ts';
