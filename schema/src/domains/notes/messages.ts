import { z } from 'zod';
import { divisionCodeSchema } from '../../case/log-line.ts';
import { ROLES } from '../../kernel/words.ts';

/** Most characters of a note. */
export const MOST_NOTE = 2_000;

/** 内部备注, as its node signs it. */
export const noteSchema = z.object({
  /** Random UUID; a note is stored once for each. */
  id: z.uuid(),
  case: z.string().min(1).max(100),
  /** The desk it was written at, which signs it. */
  node: divisionCodeSchema,
  at: z.iso.datetime(),
  author: z.object({
    issuer: z.string().min(1).max(200),
    sub: z.string().min(1).max(200),
    name: z.string().min(1).max(100),
    role: z.enum(ROLES),
    /** The absent colleague the writer stood in for (AB角). */
    for: z.object({ sub: z.string().min(1), name: z.string().min(1) }).optional(),
  }),
  text: z.string().min(1).max(MOST_NOTE),
});
export type Note = z.infer<typeof noteSchema>;

/** A note on its way to another desk of its case, as it was signed. */
export const caseNoteSchema = z.object({ case: z.string().min(1), note: z.string().min(1) });
export type CaseNoteMessage = z.infer<typeof caseNoteSchema>;
