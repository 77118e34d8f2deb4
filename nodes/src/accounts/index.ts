/** 人员账号: logins of a desk's people, their posts, and the refusal of tokens whose post ended. */
export { accountHandlers } from './handlers.ts';
export { accountLookup } from './lookup.ts';
export { PostGate } from './post-gate.ts';
