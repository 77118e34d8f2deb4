export { once, unkeyed } from './once.ts';
