/** 窗口、印章: windows, what they are authorized for, seals. */
export { offices } from './operations.ts';
export {
  holdsOn,
  nodeShares,
  requireAuthorization,
  requireHolder,
  requireNewSeal,
  requireRevocation,
  requireTransfer,
  requireWindowAuthority,
  sealsPutAway,
  UNPLACED,
  windowShares,
  windowsFor,
} from './rules.ts';
export { serves } from './serving.ts';
export type { Offices, PowerTransfer, Seal, ServiceWindow, WindowAuthority } from './rules.ts';
export type { FullAuthorityView, WindowView } from './views.ts';
