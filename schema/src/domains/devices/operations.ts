import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, wordOf } from '../../operation/fields.ts';
import { dayInput, optionalDay, text } from '../../operation/input-parts.ts';
import { mutation, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { BLOCK_SIZE, DAYS_AHEAD, LATE_DAYS } from './rules.ts';
import { CaseNumberBlock, CaseNumberRegister, Device, Devices } from './views.ts';
import { DEVICE_END } from './words.ts';

const article = ARTICLES.lateFiling;
const uuid = z.uuid().meta({ scalar: 'ID' });

/**
 * Registers a device for the person who asks, at their desk.
 * @throws {ProblemError} DEVICE_LIMIT
 */
export const registerDevice = mutation('registerDevice', {
  zh: '登记设备',
  about: 'a device of the person who asks, at their desk; it may then take numbers ahead and file late with them.',
  by: 'FILE_CASE',
  article,
  input: { name: text(60).meta({ description: 'As people at the desk call it.' }) },
  answer: Device,
});

/**
 * Ends a device and takes its unused numbers back.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, DEVICE_ENDED
 */
export const endDevice = mutation('endDevice', {
  zh: '停用设备',
  about: 'ends a lost, stolen or replaced device for good; its unused numbers are taken back.',
  by: 'END_DEVICE',
  article,
  desk: 'OWN_OR_VILLAGE',
  route: { by: 'division', path: ['input', 'division'], otherwise: 'viewer' },
  input: {
    division: askedDivision.meta({
      description: "The device's desk: a township's chief ends its villages'; the viewer's own when left out.",
    }),
    device: uuid,
    reason: wordOf(DEVICE_END),
  },
  answer: Device,
});

/** Newest first. @throws {ProblemError} FORBIDDEN */
export const devicesOf = query('devices', {
  zh: '设备',
  about: 'devices of a desk with their people, when each was seen, and its numbers; agents and clerks see their own.',
  by: 'READ_DEVICES',
  article,
  input: { division: askedDivision },
  route: ASKED_DIVISION,
  within: true,
  answer: Devices,
});

/**
 * Takes a block of case numbers of a day for a device. Sent again under its key, it is the same block.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, DEVICE_ENDED, NUMBERS_LEFT; BAD_INPUT for a day outside the range
 */
export const takeCaseNumbers = mutation('takeCaseNumbers', {
  zh: '预留编号',
  about: `${BLOCK_SIZE} case numbers of a day for a device, to be given out while there is no line. They can be filed until ${LATE_DAYS} days after it.`,
  by: 'FILE_CASE',
  article,
  input: {
    device: uuid,
    day: optionalDay.meta({ description: `Today when left out; at most ${DAYS_AHEAD} days ahead.` }),
  },
  answer: CaseNumberBlock,
});

/**
 * Gives the unused numbers of a block back; no case will have them.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, DEVICE_ENDED, NUMBER_ENDED
 */
export const returnCaseNumbers = mutation('returnCaseNumbers', {
  zh: '交回编号',
  about: 'gives the unused numbers of a block back; no case will have them.',
  by: 'FILE_CASE',
  article,
  input: { block: uuid },
  answer: CaseNumberBlock,
});

/** @throws {ProblemError} FORBIDDEN */
export const caseNumberRegister = query('caseNumberRegister', {
  zh: '编号登记',
  about: 'the case numbers of a day at a desk: how many were given out, and why each without a case has none.',
  by: 'READ_CASE_NUMBERS',
  article,
  input: { division: askedDivision, day: dayInput },
  route: ASKED_DIVISION,
  within: true,
  answer: CaseNumberRegister,
});

export const devices = domain('devices', {
  zh: '设备和预留编号',
  role: 'filing',
  operations: { registerDevice, endDevice, devices: devicesOf, takeCaseNumbers, returnCaseNumbers, caseNumberRegister },
});
