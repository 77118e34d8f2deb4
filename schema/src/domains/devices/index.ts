/** 设备和预留编号: devices of a desk's people, case numbers they take ahead, and the register of numbers without a case. */
export { devices } from './operations.ts';
export type { RegisteredBlock } from './register.ts';
export { serialGaps } from './register.ts';
export {
  BLOCK_SIZE,
  CLOCK_LEEWAY_MS,
  DAYS_AHEAD,
  FEW_LEFT,
  LATE_DAYS,
  MOST_DEVICES,
  blockExpiry,
  blockStateAt,
  judgeLateFiling,
  requireDeviceEnder,
  requireMoreNumbers,
  requireOwnDevice,
  seesAllDevices,
} from './rules.ts';
export type { CaseNumberBlockView, CaseNumberRegisterView, DeviceView, UsedNumberView } from './views.ts';
export type { BlockState, DeviceEnd, NumberGap, StoredBlockState } from './words.ts';
