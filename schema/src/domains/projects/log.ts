import { z } from 'zod';
import { isDay } from '../../kernel/calendar.ts';
import { PROJECT_PHASES } from './words.ts';
import { divisionCodeSchema, logActorSchema, sha256Schema } from '../../case/log-line.ts';

const text = (most: number) => z.string().min(1).max(most);
const day = z.string().refine(isDay, 'a day YYYY-MM-DD');
/** 2^53 fen are ninety thousand billion yuan. */
const fen = z.int().min(0);

/** 牵头: the lead of a project, a department at a node. */
export const projectLeadSchema = z.object({ node: divisionCodeSchema, department: text(100) });
/** 代办员 of a project, by the subject of the person's token. */
export const projectAgentSchema = z.object({ node: divisionCodeSchema, sub: text(200), name: text(100) });
export type ProjectLead = z.infer<typeof projectLeadSchema>;
export type ProjectAgent = z.infer<typeof projectAgentSchema>;

/** The data that each line of a project's log records. */
export const projectDataSchemas = {
  REGISTERED: z.object({
    name: text(200),
    amountFen: fen,
    /** The place where it is built. */
    place: divisionCodeSchema,
    /** 立项: the day it was initiated. */
    on: day,
  }),
  AMENDED: z.object({ name: text(200), amountFen: fen, reason: text(500) }),
  PHASE_REACHED: z.object({ phase: z.enum(PROJECT_PHASES), on: day }),
  KEY_FLAGGED: z.object({ ground: text(500) }),
  KEY_UNFLAGGED: z.object({ ground: text(500) }),
  DISPATCHED: z.object({ lead: projectLeadSchema, agent: projectAgentSchema.nullable() }),
  ORDERED: z.object({
    /** 1, 2, 3 … within the project. */
    order: z.int().min(1),
    node: divisionCodeSchema,
    /** Null for the node as a whole. */
    department: text(100).nullable(),
    text: text(1000),
    dueOn: day,
  }),
  ORDER_ANSWERED: z.object({ order: z.int().min(1), node: divisionCodeSchema, answer: text(1000) }),
  /** A node refused the project's notice. */
  NOTICE_REFUSED: z.object({ by: divisionCodeSchema, code: text(60) }),
  CASE_LINKED: z.object({
    case: text(100),
    number: text(60),
    item: text(50),
    filedOn: day,
    acceptor: divisionCodeSchema,
    decider: divisionCodeSchema,
  }),
  /** 移出项目: the case goes on without the project. */
  CASE_LEFT: z.object({ case: text(100) }),
  /** 承接: the keeper is closed, and its successor keeps the project from now on, as the parent signed. */
  SUCCEEDED: z.object({
    node: divisionCodeSchema,
    successor: divisionCodeSchema,
    /** JWS. */
    closing: z.string().min(1),
    why: text(500),
  }),
  ENDED: z.object({ reason: text(500) }),
} as const;
type Schemas = typeof projectDataSchemas;

export type ProjectEntry = { [A in keyof Schemas]: { action: A; data: z.infer<Schemas[A]> } }[keyof Schemas];

/**
 * One line of a project's log, chained by `prev`. Only the node that keeps the project at that time writes and signs
 * it.
 */
export type ProjectLine = ProjectEntry & {
  project: string;
  /** 1, 2, 3 … without a gap. */
  seq: number;
  /** UTC, ISO 8601 with milliseconds. */
  at: string;
  /** The node that keeps the project at that moment. */
  node: string;
  actor: z.infer<typeof logActorSchema>;
  /** SHA-256 of the signed line ahead; null for the first. */
  prev: string | null;
};

const headSchema = z.object({
  project: text(100),
  seq: z.int().min(1),
  at: z.iso.datetime({ precision: 3 }),
  node: divisionCodeSchema,
  actor: logActorSchema,
  prev: sha256Schema.nullable(),
});
const entrySchema = z.discriminatedUnion(
  'action',
  Object.entries(projectDataSchemas).map(([action, data]) =>
    z.object({ action: z.literal(action), data }),
  ) as unknown as [z.ZodObject<{ action: z.ZodLiteral<string>; data: z.ZodObject }>],
) as unknown as z.ZodType<ProjectEntry>;
export const projectLineSchema: z.ZodType<ProjectLine> = headSchema.and(entrySchema);

/** 项目告知: lines of a project's log, for a node it concerns. */
export const projectNoticeSchema = z.object({ project: text(100), lines: z.array(z.string()).min(1) });
export type ProjectNotice = z.infer<typeof projectNoticeSchema>;

/** 交办答复: a lower node's answer to an order. */
export const projectAnswerSchema = z.object({
  project: text(100),
  order: z.int().min(1),
  answer: text(1000),
  actor: logActorSchema,
  /** The answering node, set if the project's former keeper passes the answer on to its successor. */
  of: divisionCodeSchema.optional(),
});
export type ProjectAnswer = z.infer<typeof projectAnswerSchema>;
