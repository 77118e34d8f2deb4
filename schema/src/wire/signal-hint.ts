import { z } from 'zod';
import { divisionCodeSchema } from '../case/line-parts.ts';

/** Most people or departments that a hint names; with more it names none, and is for everyone. */
export const MOST_HINTED = 200;

/**
 * A host's word that a node has new signals (提醒). It says whom they are for, and nothing of what they say: a gateway
 * then asks the node with its reader's token. A lost hint loses nothing, for gateways also ask from time to time.
 */
export const signalHintSchema = z.object({
  node: divisionCodeSchema,
  /** Number of the last signal. */
  head: z.int().min(0),
  /** Subjects of the people they are for; null for everyone at the desk. */
  people: z.array(z.string().max(200)).max(MOST_HINTED).nullable(),
  /** Departments whose people they are for; an empty one stands for the whole desk. */
  departments: z.array(z.string()).max(MOST_HINTED),
});
export type SignalHint = z.infer<typeof signalHintSchema>;

/** Whether a hint is for a person. */
export function isHinted(
  { people, departments }: SignalHint,
  { sub, department }: { sub: string; department: string | null },
): boolean {
  if (people === null || people.includes(sub)) return true;
  return departments.length > 0 && (department === null || departments.some((d) => d === '' || d === department));
}
