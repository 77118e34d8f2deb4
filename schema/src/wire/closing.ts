import { z } from 'zod';
import { divisionCodeSchema } from '../case/log-line.ts';

/**
 * 撤并: the parent's signed statement that a node is closed, with its successor. From `at` on the node takes no case in;
 * its cases go to the successor by the ordinary hand-off.
 */
export const closingSchema = z.object({
  node: divisionCodeSchema,
  /** 承接: a node of the same parent, or the parent itself. */
  successor: divisionCodeSchema,
  /** The node's parent, who signs it. */
  issuer: divisionCodeSchema,
  at: z.iso.datetime(),
  /** When its keys end; until then it answers for the cases it handed over. */
  keysUntil: z.iso.datetime(),
  /** 撤并依据: the decision it is based on. */
  why: z.string().min(1).max(500),
});
export type Closing = z.infer<typeof closingSchema>;
