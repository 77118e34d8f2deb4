export { Healer } from './healer.ts';
export { Lives, SIGN_OF_LIFE_MS, carryLife, findLife, forceLife, healingState, waitNoLonger } from './lives.ts';
