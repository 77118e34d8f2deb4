/** A restored node takes back what others hold of it. */
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
export { rememberingDossiers } from './restored-cases.ts';
