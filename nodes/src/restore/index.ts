export { Healer } from './healer.ts';
export {
  Lives,
  SIGN_OF_LIFE_MS,
  carryLife,
  findLife,
  findLived,
  forceLife,
  healingState,
  waitNoLonger,
} from './lives.ts';
