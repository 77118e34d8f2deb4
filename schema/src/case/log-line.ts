import { z } from 'zod';
import { limitSchema } from '../domains/catalogue/catalogue.ts';
import {
  AGENT_CHANGE_REASON,
  AGENT_CHANGE_REASONS,
  CONSENT_WAY,
  CONSENT_WAYS,
  CONTACT_PARTIES,
  CONTACT_PARTY,
  CONTACT_WAY,
  CONTACT_WAYS,
} from '../domains/proxy/words.ts';
import {
  DELIVERY_WAY,
  DELIVERY_WAYS,
  OPINION,
  OPINIONS,
  OUTCOME,
  OUTCOMES,
  RATER,
  RATERS,
  SPECIAL_PROCEDURE,
  SPECIAL_PROCEDURES,
} from './words.ts';
import { APPLICATION_PART, APPLICATION_PARTS } from '../domains/filing/words.ts';
import { GRANT_MODE, GRANT_MODES } from '../domains/delegation/words.ts';
import { MEETING_KIND, MEETING_KINDS } from '../domains/meetings/words.ts';
import { ITEM_KIND, ITEM_KINDS } from '../domains/catalogue/item-words.ts';
import { word } from '../operation/fields.ts';
import { answerDataSchemas } from '../domains/answers/lines.ts';
import { reportDataSchemas } from '../domains/reports/lines.ts';
import { ROLES } from '../kernel/words.ts';
import { feeDataSchemas } from '../domains/fees/lines.ts';
import { hearingDataSchemas } from '../domains/hearings/lines.ts';
import { jointDataSchemas } from '../domains/joint/lines.ts';
import {
  daySchema,
  divisionCodeSchema,
  fenSchema,
  materialSchema,
  named,
  said,
  sha256Schema,
  signedWord,
  staffSchema,
  subject,
} from './line-parts.ts';

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
export const missingMaterialSchema = z.object({ material: said(), reason: said() });
export type MissingMaterial = z.infer<typeof missingMaterialSchema>;

const handOffSchema = z.object({ to: divisionCodeSchema, epoch: z.int().min(2) }).meta({ outputType: 'HandOffData' });

/** A grant a stage is done under. */
export const grantUseSchema = z.object({
  id: z.uuid(),
  grantor: divisionCodeSchema,
  grantee: divisionCodeSchema,
  mode: word(GRANT_MODE, GRANT_MODES),
});
export type GrantUse = z.infer<typeof grantUseSchema>;

/** A discretion standard as a decision cites it. */
const citedDiscretionSchema = z
  .object({ id: named, circumstance: said(), standard: said() })
  .meta({ outputType: 'StepDiscretion' });
export type CitedDiscretion = z.infer<typeof citedDiscretionSchema>;

/** A closed meeting of the deciding desk, as a decision cites it. */
const citedMeetingSchema = z
  .object({
    kind: word(MEETING_KIND, MEETING_KINDS),
    /** Number of its minutes. */
    number: said(100),
    day: daySchema,
    /** SHA-256 of the minutes. */
    digest: sha256Schema,
  })
  .meta({ outputType: 'StepMeeting' });
export type CitedMeeting = z.infer<typeof citedMeetingSchema>;

/** The grants by which a case is accepted, reviewed and decided; null where an organ acts by its own power. */
export const grantUsesSchema = z.object({
  accept: grantUseSchema.nullable(),
  review: grantUseSchema.nullable(),
  decide: grantUseSchema.nullable(),
});
export type GrantUses = z.infer<typeof grantUsesSchema>;
export const NO_GRANTS: GrantUses = { accept: null, review: null, decide: null };

/** The applicant's consent to an agent, without the person who gave it. */
const loggedConsentSchema = z.object({
  way: word(CONSENT_WAY, CONSENT_WAYS),
  givenAt: z.iso.datetime(),
  scope: said(200).optional(),
  /** First and last day of the consent. */
  from: daySchema.optional(),
  until: daySchema.optional(),
});
const factsSchema = z.object({ amountFen: fenSchema.nullable() });

/** An application in the log, as a draft (预审) or filed. */
const filingSchema = z
  .object({
    number: said(),
    item: named,
    itemVersion: z.int().min(1),
    itemKind: word(ITEM_KIND, ITEM_KINDS),
    /** The place of the matter; competence follows from it. */
    place: divisionCodeSchema,
    acceptor: divisionCodeSchema,
    decider: divisionCodeSchema,
    /** The organ that holds the power by the item itself; the decider where this is left out. */
    power: divisionCodeSchema.optional(),
    through: grantUsesSchema.optional(),
    facts: factsSchema.optional(),
    /** SHA-256 of the application's exact text; the log itself holds no personal data of the applicant. */
    application: sha256Schema.meta({ withheld: 'proof; it stands in the export' }),
    consent: loggedConsentSchema.nullable(),
    /** The one form (一件事) the case belongs to, and the materials that results of other members replace here. */
    bundle: z
      .object({
        id: z.uuid(),
        item: named,
        /** A material the applicant need not hand in, and the number of the case whose result replaces it. */
        given: z.array(z.object({ material: said(), number: said() })),
      })
      .optional(),
    /** The project (项目) the case belongs to; its id names the node that keeps it. */
    project: named.optional(),
    /** 特急件 by the item itself: the limit its cases have from the day their materials are in. */
    urgent: z.object({ limit: limitSchema }).optional(),
    /** 答复件: the limit of the written answer, from the day its materials are in. */
    answered: z.object({ limit: limitSchema }).optional(),
    /** 延续: the licence that is to be renewed by its own number, and the last day it holds (Art. 50). */
    renewal: z.object({ licence: said(100), expiresOn: daySchema }).optional(),
    /** 补录: filed later than the desk received it, with a number its device had taken; `receivedAt` by the device's clock. */
    late: z.object({ receivedAt: z.iso.datetime(), device: named }).meta({ outputType: 'StepLateFiling' }).optional(),
    /** Materials handed in; for a draft that is filed, only those added since. */
    materials: z.array(materialSchema),
  })
  .meta({ outputType: 'FilingData' });
export type FiledData = z.infer<typeof filingSchema>;
export type BundleMembership = NonNullable<FiledData['bundle']>;
export type RenewalData = NonNullable<FiledData['renewal']>;

/** The agent of a case: a person, or the proxy team of a desk. */
const caseAgentSchema = z
  .object({
    node: divisionCodeSchema,
    sub: subject.nullable(),
    name: said(100).nullable(),
  })
  .meta({ outputType: 'StepAgent' });

/** A text that may be empty. */
const free = z.string().meta({ scalar: 'String' });

/** The data each action records. */
export const logDataSchemas = {
  DRAFTED: filingSchema,
  /** The deciding desk's one complete list; empty when nothing is missing. */
  PRECHECKED: z.object({ missing: z.array(missingMaterialSchema), remarks: free.nullable() }),
  FILED: filingSchema,
  SUPPLEMENT_REQUESTED: z.object({ missing: z.array(missingMaterialSchema).min(1) }),
  SUPPLEMENTED: z.object({ materials: z.array(materialSchema).min(1) }),
  /** All materials in their order, before the case goes up: what is not among them any more was taken back. */
  MATERIALS_ARRANGED: z.object({ materials: z.array(materialSchema) }),
  /** What the application says instead, before it is accepted; its earlier text stays at the desk. */
  APPLICATION_CORRECTED: z.object({
    parts: z.array(word(APPLICATION_PART, APPLICATION_PARTS)).min(1),
    reason: said(500),
    application: sha256Schema.meta({ withheld: 'proof; it stands in the export' }),
    consent: loggedConsentSchema.nullable(),
    facts: factsSchema,
  }),
  FORWARDED: handOffSchema,
  RETURNED: handOffSchema,
  ASSIGNED: handOffSchema,
  TRANSFERRED: handOffSchema.extend({
    /** Set where the other desk's proxy team asked for it (帮办接办): the actor is of that desk. */
    takenOver: z.literal(true).optional(),
  }),
  RECEIVED: z.object({ from: divisionCodeSchema, epoch: z.int().min(2) }),
  HANDOFF_REFUSED: z.object({ by: divisionCodeSchema, epoch: z.int().min(2), code: said() }),
  ACCEPTED: z.object({
    /** The day the limits count from; for a deemed acceptance the day the materials came in. */
    from: daySchema,
    deemed: z.boolean(),
    itemVersion: z.int().min(1),
    implementationVersion: z.int().min(1),
    promised: limitSchema,
    statutory: limitSchema.nullable(),
  }),
  NOT_ACCEPTED: z.object({ reason: said(), remedies: said() }),
  PROCEDURE_STARTED: z.object({
    /** 1, 2, 3 … within the case. */
    procedure: z.int().min(1),
    kind: word(SPECIAL_PROCEDURE, SPECIAL_PROCEDURES),
    /** Whether its time is outside the limit: by law, or by the item's own basis. */
    stopsClock: z.boolean(),
    /** The written notice to the applicant, with the time it is expected to need. */
    notice: said(),
    expectedDays: z.int().min(1).max(3650).nullable(),
  }),
  PROCEDURE_ENDED: z.object({
    procedure: z.int().min(1),
    result: said(),
    /** People who did the on-site check of a survey (Art. 34). */
    staff: z.array(staffSchema).min(1).optional(),
  }),
  EXTENDED: z.object({
    /** Working days added to promise and statute. */
    days: z.int().min(1).max(15),
    reason: said(),
  }),
  REVIEWED: z.object({
    opinion: word(OPINION, OPINIONS),
    /** The amount as the review assesses it, in fen, if the item grants an amount. */
    amountFen: fenSchema.nullable().optional(),
    /** The second person, if the materials' substance is checked (Art. 34). */
    second: staffSchema.optional(),
    /** The conditions the opinion depends on (附条件). */
    conditions: z.array(said(500)).min(1).max(20).optional(),
    /** The reviewing department, or the bureau that holds its powers. */
    department: said().optional(),
  }),
  DECIDED: z.object({
    outcome: word(OUTCOME, OUTCOMES),
    reason: free.nullable(),
    remedies: free.nullable(),
    /** The node in whose name the decision goes out. */
    inNameOf: divisionCodeSchema,
    /** The grant it was decided under; left out where the organ decided by its own power. */
    grant: z.uuid().optional(),
    /** The deciding department, or the bureau that holds its powers. */
    department: said().optional(),
    /** 会议纪要 of a collective decision that are kept elsewhere, say on paper: their number or title. */
    minutes: said().optional(),
    /** The meeting of this desk whose minutes support it. */
    meeting: citedMeetingSchema.optional(),
    /** Digests of the hearing records it is based on (Art. 48). */
    records: z.array(sha256Schema).min(1).optional(),
    /** 裁量基准 it goes by, in the words of the implementation the case was accepted under. */
    discretion: citedDiscretionSchema.optional(),
  }),
  DOCUMENT_ISSUED: z.object({
    /** 文号. */
    number: said(),
    /** Digest of the document; its bytes go with the case to the desk that delivers it. */
    document: materialSchema,
    /** The register's id of the seal set on it; left out where the organ keeps no seal register. */
    seal: named.optional(),
  }),
  DELIVERED: z.object({ way: word(DELIVERY_WAY, DELIVERY_WAYS) }),
  CLOSED: z.object({}),
  RATED: z.object({ grade: z.int().min(1).max(5), by: word(RATER, RATERS) }),
  TERMINATED: z.object({ reason: said() }),
  VOIDED: z.object({ reason: said() }),
  WITHDRAWN: z.object({ reason: said(), requestedAt: divisionCodeSchema }),
  /** The case's grants ended, or its amount exceeds their cap: it takes another route from now on. */
  REROUTED: z.object({ acceptor: divisionCodeSchema, decider: divisionCodeSchema, through: grantUsesSchema }),
  /** A node the case names was closed (撤并): its successor takes its place from now on. */
  SUCCEEDED: z.object({
    node: divisionCodeSchema,
    successor: divisionCodeSchema,
    /** The parent's signed document of the closing (JWS). */
    closing: signedWord,
  }),
  /** A closed node hands the case over to its successor. */
  HANDED_OVER: handOffSchema,
  /** The text must not have a person's identity or phone number, because every desk on the way reads the log. */
  CONTACTED: z.object({
    with: word(CONTACT_PARTY, CONTACT_PARTIES),
    way: word(CONTACT_WAY, CONTACT_WAYS),
    what: said(500),
  }),
  /** Another agent looks after the case from now on; its custodian stays the same. */
  AGENT_CHANGED: z.object({
    /** An id, so that the desk that reported the change recognizes it in the log. */
    change: z.uuid(),
    from: caseAgentSchema,
    to: caseAgentSchema,
    reason: word(AGENT_CHANGE_REASON, AGENT_CHANGE_REASONS),
  }),
  CONSENT_REVOKED: z.object({ way: word(CONSENT_WAY, CONSENT_WAYS), reason: said(500).nullable() }),
  PROJECT_LINKED: z.object({ project: named }),
  PROJECT_LEFT: z.object({ project: named, reason: said(500) }),
  GREEN_CHANNEL_OPENED: z.object({
    /** The key project that opens it. */
    project: named,
    ground: said(500),
    /** The limit in the implementation of this day; it stays. */
    limit: limitSchema,
  }),
  URGENCY_ASKED: z.object({ ground: said(500) }),
  URGENCY_DECIDED: z.object({
    approved: z.boolean(),
    reason: said(500).nullable(),
    /** The limit in the implementation of this day; null if it was not approved. */
    limit: limitSchema.nullable(),
  }),
  /** Nothing was decided when the licence to renew expired (Art. 50), found by the holder's clockwork. */
  DEEMED_RENEWED: z.object({ expiredOn: daySchema, inNameOf: divisionCodeSchema }),
  ...answerDataSchemas,
  ...reportDataSchemas,
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
