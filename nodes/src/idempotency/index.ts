/** Answers a mutation that is repeated under its key, without doing it again. */
export { forgetKeys } from './forget-keys.ts';
export { once, unkeyed } from './once.ts';
