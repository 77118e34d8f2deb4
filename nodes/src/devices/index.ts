/** 设备和预留编号: devices of a desk's people, numbers they take ahead, and cases filed late with them. */
export { expireBlocks } from './block-store.ts';
export { countHeld, endDevicesOf } from './device-store.ts';
export { deviceHandlers } from './handlers.ts';
export { judgeLate, noteUsed } from './late-numbers.ts';
