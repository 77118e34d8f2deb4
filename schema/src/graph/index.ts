/** The graph by role: builder, execution, limits, and the notes of who read personal data. */
export { pageOf as pageRequestOf } from './builder.ts';
export { DocumentCache } from './document-cache.ts';
export { executeRole, extensionsOf } from './execute.ts';
export { parseInput } from './parse-input.ts';
export { CLIENT_LIMITS, limitFaults } from './limits.ts';
export type { HeavyRoots } from './limits.ts';
export { opensTo } from './one-case.ts';
export { textFaults } from './plain-texts.ts';
export { roleSchema } from './roles.ts';
export type { NodeServices, RoleContext } from './services.ts';
