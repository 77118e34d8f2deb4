export { executeRole, extensionsOf } from './execute.ts';
export * from './admission-inputs.ts';
export * from './catalogue-inputs.ts';
export * from './enquiry-inputs.ts';
export * from './inputs.ts';
export * from './legal-bases-inputs.ts';
export * from './offices-inputs.ts';
export { roleSchema } from './roles.ts';
export type * from './services.ts';
