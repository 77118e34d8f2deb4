export { executeRole, extensionsOf } from './execute.ts';
export * from './catalogue-inputs.ts';
export * from './inputs.ts';
export { roleSchema } from './roles.ts';
export type * from './services.ts';
