import { z } from 'zod';
import { isDivisionCode } from '../kernel/divisions.ts';
import { isDay } from '../kernel/calendar.ts';

// Parts of which the log's lines are made. Each text says how it is shown in the graph and in exports, or why it is
// not: a text that says neither is refused when the graph is built (see shown-data.ts).

/** A text of a line, as people wrote it. @param max most characters */
export const said = (max?: number) =>
  (max === undefined ? z.string().min(1) : z.string().min(1).max(max)).meta({ scalar: 'String' });
/** An id or code in a line. */
export const named = z.string().min(1).meta({ scalar: 'ID' });
/** An amount of money in fen. */
export const fenSchema = z.int().min(0).meta({ scalar: 'Fen' });
/** Another node's signed word (JWS), by which a line is proved. */
export const signedWord = z.string().min(1).meta({ withheld: 'proof; it stands in the export' });

export const divisionCodeSchema = z.string().refine(isDivisionCode, 'a division code');
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal')
  .meta({ scalar: 'String' });
export const daySchema = z.string().refine(isDay, 'a day YYYY-MM-DD').meta({ scalar: 'Date' });

/** A person's stable id at the issuer of their tokens. */
export const subject = z.string().min(1).max(200).meta({ withheld: "for the rules; people see the person's name" });

/** A member of an organ's staff whom a line names beside its actor. */
export const staffSchema = z.object({ sub: subject, name: said(100) }).meta({ outputType: 'StepStaff' });
export type Staff = z.infer<typeof staffSchema>;

/** A material that was handed in, named by its content (SHA-256 of the bytes). */
export const materialSchema = z
  .object({
    name: said(),
    fileName: said(200),
    mediaType: said(100),
    sha256: sha256Schema,
    /** Bytes. */
    size: z.int().min(1),
  })
  .meta({ outputType: 'StepMaterial' });
export type Material = z.infer<typeof materialSchema>;
