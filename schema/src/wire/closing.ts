import { z } from 'zod';
import { divisionCodeSchema } from '../case/log-line.ts';

/**
 * 撤并: the parent's signed word that a node is closed, and who takes its place. From `at` on the node takes nothing new
 * in; what it holds goes to the successor by the ordinary hand-off.
 */
export const closingSchema = z.object({
  node: divisionCodeSchema,
  /** 承接: a node of the same parent, or the parent itself. */
  successor: divisionCodeSchema,
  /** The node's parent, who signs it. */
  issuer: divisionCodeSchema,
  at: z.iso.datetime(),
  /** When its keys end; it answers for what it handed over until then. */
  keysUntil: z.iso.datetime(),
  /** 撤并依据: the decision it stands on. */
  why: z.string().min(1).max(500),
});
export type Closing = z.infer<typeof closingSchema>;
