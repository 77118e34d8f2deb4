/** 办件编号: the serials of a node's case numbers, each given out once. */
export { Serials, countSerials, takeSerials } from './serials.ts';
