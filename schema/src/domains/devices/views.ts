import type { Day } from '../../kernel/calendar.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { listOf, view } from '../../operation/operation.ts';
import type { BlockState, DeviceEnd, NumberGap } from './words.ts';

/** A number of a block that a case has. */
export interface UsedNumberView {
  number: string;
  case: string;
  /** When the desk took it in, by the device's clock. */
  receivedAt: Date;
  /** When it was filed at the node. */
  enteredAt: Date;
}

/** 预留编号: numbers a device has for one day. */
export interface CaseNumberBlockView {
  id: string;
  device: string;
  day: Day;
  /** The numbers that can still be used, in order; empty once the block ended. */
  left: string[];
  used: UsedNumberView[];
  takenAt: Date;
  expiresAt: Date;
  state: BlockState;
  /** When it ended; null while it is open. */
  endedAt: Date | null;
}

export interface DeviceView {
  id: string;
  name: string;
  division: DivisionCode;
  /** Name of the person who registered and uses it. */
  person: string;
  registeredAt: Date;
  /** When it last took or gave back numbers, or filed with one. */
  seenAt: Date;
  ended: { at: Date; reason: DeviceEnd; by: string } | null;
  /** Open blocks, and those of the last 30 days. */
  blocks: CaseNumberBlockView[];
}

/** 空号: numbers without a case. */
export interface CaseNumberGapView {
  first: string;
  last: string;
  count: number;
  why: NumberGap;
  /** The device that had them, and its person; null for numbers of filings at the desk. */
  device: {
    id: string;
    name: string;
    person: string;
    since: Date;
    ended: { reason: DeviceEnd; by: string } | null;
  } | null;
}

/** 编号登记: the numbers of a day. */
export interface CaseNumberRegisterView {
  division: DivisionCode;
  day: Day;
  /** Numbers given out, by serial from 1 on. */
  given: number;
  /** Numbers that cases have. */
  used: number;
  gaps: CaseNumberGapView[];
}

export const Device = view<DeviceView>('Device');
export const Devices = listOf(view<DeviceView>('Device', { type: 'DevicesPayload', field: 'devices' }));
export const CaseNumberBlock = view<CaseNumberBlockView>('CaseNumberBlock');
export const CaseNumberRegister = view<CaseNumberRegisterView>('CaseNumberRegister');
