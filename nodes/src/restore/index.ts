/** A restored node takes back what others hold of it. */
export { Recovery } from './recovery.ts';
export {
  healingRefusal,
  Incarnations,
  SIGN_OF_LIFE_MS,
  carryIncarnation,
  findIncarnation,
  findEverServed,
  forceIncarnation,
  healingState,
  waitNoLonger,
} from './incarnations.ts';
export { rememberingDossiers } from './restored-cases.ts';
