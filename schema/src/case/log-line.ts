import { z } from 'zod';
import { discretionSchema, limitSchema } from '../domains/catalogue/catalogue.ts';
import { AGENT_CHANGE_REASONS, CONSENT_WAYS, CONTACT_PARTIES, CONTACT_WAYS } from '../domains/proxy/words.ts';
import { DELIVERY_WAYS, OPINIONS, OUTCOMES, SPECIAL_PROCEDURES } from './words.ts';
import { GRANT_MODES } from '../domains/delegation/words.ts';
import { ITEM_KINDS } from '../domains/catalogue/item-words.ts';
import { ROLES } from '../kernel/words.ts';
import { feeDataSchemas } from '../domains/fees/lines.ts';
import { hearingDataSchemas } from '../domains/hearings/lines.ts';
import { jointDataSchemas } from '../domains/joint/lines.ts';
import { daySchema, divisionCodeSchema, materialSchema, sha256Schema, staffSchema } from './line-parts.ts';

export { billLineSchema } from '../domains/fees/lines.ts';
export type { BillLine } from '../domains/fees/lines.ts';
export type { PartyData } from '../domains/joint/lines.ts';
export { divisionCodeSchema, materialSchema, sha256Schema } from './line-parts.ts';
export type { Material, Staff } from './line-parts.ts';

/** The actor of a step: a person in a role, or the node's own clockwork (role null). */
export const logActorSchema = z.object({
  sub: z.string().min(1),
  name: z.string().min(1),
  role: z.enum(ROLES).nullable(),
  /** The absent colleague the actor stands in for (AB角), or the applicant a proxy's token acts for. */
  for: z.object({ sub: z.string().min(1).max(200), name: z.string().min(1).max(100).nullable() }).optional(),
});
export type LogActor = z.infer<typeof logActorSchema>;

/** The node itself, when a limit ran out or another node answered. */
export const NODE_ACTOR: LogActor = { sub: 'node', name: '系统', role: null };

/** One material asked for in the one-time notice. */
export const missingMaterialSchema = z.object({ material: z.string().min(1), reason: z.string().min(1) });
export type MissingMaterial = z.infer<typeof missingMaterialSchema>;

const handOffSchema = z.object({ to: divisionCodeSchema, epoch: z.int().min(2) });

/** A grant a stage is done under. */
export const grantUseSchema = z.object({
  id: z.uuid(),
  grantor: divisionCodeSchema,
  grantee: divisionCodeSchema,
  mode: z.enum(GRANT_MODES),
});
export type GrantUse = z.infer<typeof grantUseSchema>;

/** A standard as a decision cites it. */
export type CitedDiscretion = z.infer<typeof discretionSchema>;

/** The grants by which a case is accepted, reviewed and decided; null where an organ acts by its own power. */
export const grantUsesSchema = z.object({
  accept: grantUseSchema.nullable(),
  review: grantUseSchema.nullable(),
  decide: grantUseSchema.nullable(),
});
export type GrantUses = z.infer<typeof grantUsesSchema>;
export const NO_GRANTS: GrantUses = { accept: null, review: null, decide: null };

/** An application in the log, as a draft (预审) or filed. */
const filingSchema = z.object({
  number: z.string().min(1),
  item: z.string().min(1),
  itemVersion: z.int().min(1),
  itemKind: z.enum(ITEM_KINDS),
  /** The place of the matter; competence follows from it. */
  place: divisionCodeSchema,
  acceptor: divisionCodeSchema,
  decider: divisionCodeSchema,
  /** The organ that holds the power by the item itself; the decider where this is left out. */
  power: divisionCodeSchema.optional(),
  through: grantUsesSchema.optional(),
  facts: z.object({ amountFen: z.int().min(0).nullable() }).optional(),
  /** SHA-256 of the application's exact text; the log itself holds no personal data of the applicant. */
  application: sha256Schema,
  consent: z
    .object({
      way: z.enum(CONSENT_WAYS),
      givenAt: z.iso.datetime(),
      scope: z.string().min(1).max(200).optional(),
      /** First and last day of the consent. */
      from: daySchema.optional(),
      until: daySchema.optional(),
    })
    .nullable(),
  /** The one form (一件事) the case belongs to, and the materials that results of other members replace here. */
  bundle: z
    .object({
      id: z.uuid(),
      item: z.string().min(1),
      /** A material the applicant need not hand in, and the number of the case whose result replaces it. */
      given: z.array(z.object({ material: z.string().min(1), number: z.string().min(1) })),
    })
    .optional(),
  /** The project (项目) the case belongs to; its id names the node that keeps it. */
  project: z.string().min(1).optional(),
  /** 特急件 by the item itself: the limit its cases have from the day their materials are in. */
  urgent: z.object({ limit: limitSchema }).optional(),
  /** 延续: the licence that is to be renewed by its own number, and the last day it holds (Art. 50). */
  renewal: z.object({ licence: z.string().min(1).max(100), expiresOn: daySchema }).optional(),
  /** Materials handed in; for a draft that is filed, only those added since. */
  materials: z.array(materialSchema),
});
export type FiledData = z.infer<typeof filingSchema>;
export type BundleMembership = NonNullable<FiledData['bundle']>;
export type RenewalData = NonNullable<FiledData['renewal']>;

/** The agent of a case: a person, or the proxy team of a desk. */
const caseAgentSchema = z.object({
  node: divisionCodeSchema,
  sub: z.string().min(1).max(200).nullable(),
  name: z.string().min(1).max(100).nullable(),
});

/** The data each action records. */
export const logDataSchemas = {
  DRAFTED: filingSchema,
  /** The deciding desk's one complete list; empty when nothing is missing. */
  PRECHECKED: z.object({ missing: z.array(missingMaterialSchema), remarks: z.string().nullable() }),
  FILED: filingSchema,
  SUPPLEMENT_REQUESTED: z.object({ missing: z.array(missingMaterialSchema).min(1) }),
  SUPPLEMENTED: z.object({ materials: z.array(materialSchema).min(1) }),
  FORWARDED: handOffSchema,
  RETURNED: handOffSchema,
  ASSIGNED: handOffSchema,
  TRANSFERRED: handOffSchema.extend({
    /** Set where the other desk's proxy team asked for it (帮办接办): the actor is of that desk. */
    takenOver: z.literal(true).optional(),
  }),
  RECEIVED: z.object({ from: divisionCodeSchema, epoch: z.int().min(2) }),
  HANDOFF_REFUSED: z.object({ by: divisionCodeSchema, epoch: z.int().min(2), code: z.string().min(1) }),
  ACCEPTED: z.object({
    /** The day the limits count from; for a deemed acceptance the day the materials came in. */
    from: daySchema,
    deemed: z.boolean(),
    itemVersion: z.int().min(1),
    implementationVersion: z.int().min(1),
    promised: limitSchema,
    statutory: limitSchema.nullable(),
  }),
  NOT_ACCEPTED: z.object({ reason: z.string().min(1), remedies: z.string().min(1) }),
  PROCEDURE_STARTED: z.object({
    /** 1, 2, 3 … within the case. */
    procedure: z.int().min(1),
    kind: z.enum(SPECIAL_PROCEDURES),
    /** Whether its time is outside the limit: by law, or by the item's own basis. */
    stopsClock: z.boolean(),
    /** The written notice to the applicant, with the time it is expected to need. */
    notice: z.string().min(1),
    expectedDays: z.int().min(1).max(3650).nullable(),
  }),
  PROCEDURE_ENDED: z.object({
    procedure: z.int().min(1),
    result: z.string().min(1),
    /** People who did the on-site check of a survey (Art. 34). */
    staff: z.array(staffSchema).min(1).optional(),
  }),
  EXTENDED: z.object({
    /** Working days added to promise and statute. */
    days: z.int().min(1).max(15),
    reason: z.string().min(1),
  }),
  REVIEWED: z.object({
    opinion: z.enum(OPINIONS),
    /** The amount as the review assesses it, in fen, if the item grants an amount. */
    amountFen: z.int().min(0).nullable().optional(),
    /** The second person, if the materials' substance is checked (Art. 34). */
    second: staffSchema.optional(),
  }),
  DECIDED: z.object({
    outcome: z.enum(OUTCOMES),
    reason: z.string().nullable(),
    remedies: z.string().nullable(),
    /** The node in whose name the decision goes out. */
    inNameOf: divisionCodeSchema,
    /** The grant it was decided under; left out where the organ decided by its own power. */
    grant: z.uuid().optional(),
    /** The deciding department, or the bureau that holds its powers. */
    department: z.string().min(1).optional(),
    /** 会议纪要 of a collective decision: its number or title. */
    minutes: z.string().min(1).optional(),
    /** Digests of the hearing records it is based on (Art. 48). */
    records: z.array(sha256Schema).min(1).optional(),
    /** 裁量基准 it goes by, in the words of the implementation the case was accepted under. */
    discretion: discretionSchema.optional(),
  }),
  DOCUMENT_ISSUED: z.object({
    /** 文号. */
    number: z.string().min(1),
    /** Digest of the document; its bytes go with the case to the desk that delivers it. */
    document: materialSchema,
    /** The register's id of the seal set on it; left out where the organ keeps no seal register. */
    seal: z.string().min(1).optional(),
  }),
  DELIVERED: z.object({ way: z.enum(DELIVERY_WAYS) }),
  CLOSED: z.object({}),
  RATED: z.object({ grade: z.int().min(1).max(5), by: z.enum(['APPLICANT', 'DESK']) }),
  TERMINATED: z.object({ reason: z.string().min(1) }),
  VOIDED: z.object({ reason: z.string().min(1) }),
  WITHDRAWN: z.object({ reason: z.string().min(1), requestedAt: divisionCodeSchema }),
  /** The case's grants ended, or its amount exceeds their cap: it takes another route from now on. */
  REROUTED: z.object({ acceptor: divisionCodeSchema, decider: divisionCodeSchema, through: grantUsesSchema }),
  /** A node the case names was closed (撤并): its successor takes its place from now on. */
  SUCCEEDED: z.object({
    node: divisionCodeSchema,
    successor: divisionCodeSchema,
    /** The parent's signed document of the closing (JWS). */
    closing: z.string().min(1),
  }),
  /** A closed node hands the case over to its successor. */
  HANDED_OVER: handOffSchema,
  /** The text must not have a person's identity or phone number, because every desk on the way reads the log. */
  CONTACTED: z.object({ with: z.enum(CONTACT_PARTIES), way: z.enum(CONTACT_WAYS), what: z.string().min(1).max(500) }),
  /** Another agent looks after the case from now on; its custodian stays the same. */
  AGENT_CHANGED: z.object({
    /** An id, so that the desk that reported the change recognizes it in the log. */
    change: z.uuid(),
    from: caseAgentSchema,
    to: caseAgentSchema,
    reason: z.enum(AGENT_CHANGE_REASONS),
  }),
  CONSENT_REVOKED: z.object({ way: z.enum(CONSENT_WAYS), reason: z.string().min(1).max(500).nullable() }),
  PROJECT_LINKED: z.object({ project: z.string().min(1) }),
  PROJECT_LEFT: z.object({ project: z.string().min(1), reason: z.string().min(1).max(500) }),
  GREEN_CHANNEL_OPENED: z.object({
    /** The key project that opens it. */
    project: z.string().min(1),
    ground: z.string().min(1).max(500),
    /** The limit in the implementation of this day; it stays. */
    limit: limitSchema,
  }),
  URGENCY_ASKED: z.object({ ground: z.string().min(1).max(500) }),
  URGENCY_DECIDED: z.object({
    approved: z.boolean(),
    reason: z.string().min(1).max(500).nullable(),
    /** The limit in the implementation of this day; null if it was not approved. */
    limit: limitSchema.nullable(),
  }),
  /** Nothing was decided when the licence to renew expired (Art. 50), found by the holder's clockwork. */
  DEEMED_RENEWED: z.object({ expiredOn: daySchema, inNameOf: divisionCodeSchema }),
  ...hearingDataSchemas,
  ...jointDataSchemas,
  ...feeDataSchemas,
} as const;

type LogDataSchemas = typeof logDataSchemas;

/** A line's action and its data. */
export type LogEntry = {
  [A in keyof LogDataSchemas]: { action: A; data: z.infer<LogDataSchemas[A]> };
}[keyof LogDataSchemas];

/** One line of a case's log. Lines are chained by `prev` and signed by the node that wrote them. */
export type LogLine = LogEntry & {
  case: string;
  /** 1, 2, 3 … without a gap over all nodes. */
  seq: number;
  /** Rounds of custody: 1 at filing, raised by one with each hand-off. */
  epoch: number;
  /** UTC, ISO 8601 with milliseconds; never before the line ahead of it. */
  at: string;
  node: string;
  actor: LogActor;
  /** SHA-256 of the signed line ahead (its JWS); null for the first. */
  prev: string | null;
  /** The person's note. */
  note: string | null;
};

const head = {
  case: z.string().min(1),
  seq: z.int().min(1),
  epoch: z.int().min(1),
  at: z.iso.datetime({ precision: 3 }),
  node: divisionCodeSchema,
  actor: logActorSchema,
  prev: sha256Schema.nullable(),
  note: z.string().nullable(),
};

// one object for each action, not two merged ones, because every line of every incoming log is parsed with it
export const logLineSchema = z.discriminatedUnion(
  'action',
  Object.entries(logDataSchemas).map(([action, data]) =>
    z.object({ ...head, action: z.literal(action), data }),
  ) as unknown as [z.ZodObject<{ action: z.ZodLiteral<string>; data: z.ZodObject }>],
) as unknown as z.ZodType<LogLine>;
