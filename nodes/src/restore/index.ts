export { Healer } from './healer.ts';
export { Lives, SIGN_OF_LIFE_MS, carryLife, findLife } from './lives.ts';
