import { z } from 'zod';
import { optionalText, text } from '../../operation/input-parts.ts';

/** Input common to several steps of handling. */
export const note = optionalText(1000);
/** May be empty: the rule refuses that, and cites its source. */
export const reason = z.string().trim().max(1000);
export const reasoned = { inputType: 'ReasonedStepInput', input: { reason } } as const;

/** One of the organ's staff. */
export const staff = z
  .object({ sub: text(200).meta({ scalar: 'ID', description: "Subject of the person's token." }), name: text(100) })
  .meta({ inputType: 'StaffInput' });
