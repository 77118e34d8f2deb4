export { forgetKeys } from './forget-keys.ts';
export { once, unkeyed } from './once.ts';
