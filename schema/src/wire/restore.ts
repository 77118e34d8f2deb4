import { z } from 'zod';
import { FEEDS, lifeSchema } from './envelope.ts';
import { sha256Schema } from '../case/log-line.ts';
import { projectNoticeSchema } from '../domains/projects/log.ts';

/** 恢复通告: the node's database was restored from a backup; it asks for the other nodes' copies of its data. */
export const restoredSchema = z.object({
  /** The new incarnation. Envelopes and receipts of an earlier one are no longer accepted. */
  life: lifeSchema,
  /** The node may have lost everything after this moment, UTC. */
  since: z.iso.datetime(),
  /** The last entry of each own feed that the node still knows. */
  heads: z.array(z.object({ feed: z.enum(FEEDS), head: z.int().min(0) })),
});
export type Restored = z.infer<typeof restoredSchema>;

/** A case as another node holds it. */
export const caseCopySchema = z.object({
  case: z.string().min(1),
  /** Exact JSON text of the application; null where the giver has none or the asker never held the case. */
  application: z.string().nullable(),
  /** Digests of the materials the giver has the bytes of. */
  materials: z.array(sha256Schema),
  lines: z.array(z.string()).min(1),
});
export type CaseCopy = z.infer<typeof caseCopySchema>;

/** 返还: a part of a node's copies for a restored node. */
export const copySchema = z.object({
  life: lifeSchema,
  /** 1, 2, 3 … */
  part: z.int().min(1),
  /** Total number of parts; null in all but the last. */
  parts: z.int().min(1).nullable(),
  /**
   * Key documents the giver learned besides the trust file; without them the asker could not believe a peer that
   * changed keys.
   */
  keys: z.array(z.string()),
  cases: z.array(caseCopySchema),
  /** Logs of the projects the asker keeps. */
  projects: z.array(projectNoticeSchema).default([]),
  /** Stretches of the asker's own feeds. */
  feeds: z.array(z.object({ feed: z.enum(FEEDS), from: z.int().min(1), entries: z.array(z.string()) })),
});
export type Copy = z.infer<typeof copySchema>;

/** Kinds that are still processed while a node waits for other nodes' copies; all others wait too. */
export const HEALING_KINDS = ['RESTORED', 'COPY', 'MATERIAL'] as const;
