import { z } from 'zod';
import { FEEDS, lifeSchema } from './envelope.ts';
import { sha256Schema } from '../case/log-line.ts';
import { projectNoticeSchema } from '../domains/projects/log.ts';

/** 恢复通告: the node's database was restored from a backup; it asks what others hold of it. */
export const restoredSchema = z.object({
  /** The life that begins. Envelopes and receipts of an earlier one are no longer taken. */
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

/** 返还: a part of what a node holds of one that was restored. */
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

/** Kinds that go on while a node waits for what others hold of it; all else waits with it. */
export const HEALING_KINDS = ['RESTORED', 'COPY', 'MATERIAL'] as const;
