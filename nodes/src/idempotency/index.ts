/** A mutation that is asked again under its key is answered, and not done again. */
export { forgetKeys } from './forget-keys.ts';
export { once, unkeyed } from './once.ts';
