import { vocabulary } from '../../kernel/vocabulary.ts';

/** 设备停用原因. */
export const DEVICE_ENDS = ['LOST', 'STOLEN', 'REPLACED', 'RETIRED', 'PERSON_LEFT'] as const;
export type DeviceEnd = (typeof DEVICE_ENDS)[number];
export const DEVICE_END = vocabulary('DeviceEnd', '设备停用原因', {
  LOST: '遗失',
  STOLEN: '被盗',
  REPLACED: '更换',
  RETIRED: '停用',
  PERSON_LEFT: '人员离岗',
} satisfies Record<DeviceEnd, string>);

/**
 * 预留编号状态: a block of numbers is open, or how it ended. RELEASED are those of an ended device once the time to file with
 * them is over: no use of them can arrive any more.
 */
export const BLOCK_STATES = ['OPEN', 'RETURNED', 'EXPIRED', 'TAKEN_BACK', 'RELEASED'] as const;
export type BlockState = (typeof BLOCK_STATES)[number];
/** What is stored; release follows from the time. */
export type StoredBlockState = Exclude<BlockState, 'RELEASED'>;
export const BLOCK_STATE = vocabulary('CaseNumberBlockState', '预留编号状态', {
  OPEN: '可用',
  RETURNED: '已交回',
  EXPIRED: '已过期',
  TAKEN_BACK: '已收回',
  RELEASED: '已释放',
} satisfies Record<BlockState, string>);

/** 空号原因: why no case has a number. */
export const NUMBER_GAPS = [...BLOCK_STATES, 'NOT_USED'] as const;
export type NumberGap = (typeof NUMBER_GAPS)[number];
export const NUMBER_GAP = vocabulary('CaseNumberGapReason', '空号原因', {
  ...BLOCK_STATE.labels,
  NOT_USED: '未使用',
} satisfies Record<NumberGap, string>);
