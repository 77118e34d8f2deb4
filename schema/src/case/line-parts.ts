import { z } from 'zod';
import { isDivisionCode } from '../kernel/divisions.ts';
import { isDay } from '../kernel/calendar.ts';

// Parts of which the log's lines are made.

export const divisionCodeSchema = z.string().refine(isDivisionCode, 'a division code');
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hexadecimal');
export const daySchema = z.string().refine(isDay, 'a day YYYY-MM-DD');

/** A member of an organ's staff whom a line names beside its actor. */
export const staffSchema = z.object({ sub: z.string().min(1).max(200), name: z.string().min(1).max(100) });
export type Staff = z.infer<typeof staffSchema>;

/** A material that was handed in, named by its content (SHA-256 of the bytes). */
export const materialSchema = z.object({
  name: z.string().min(1),
  fileName: z.string().min(1).max(200),
  mediaType: z.string().min(1).max(100),
  sha256: sha256Schema,
  /** Bytes. */
  size: z.int().min(1),
});
export type Material = z.infer<typeof materialSchema>;
