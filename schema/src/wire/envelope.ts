import { z } from 'zod';
import { divisionCodeSchema, sha256Schema } from '../case/log-line.ts';

/** `typ` of each signed document, so that a signature of one kind is never taken for another. */
export const SIGNED_TYPES = {
  line: 'ld-line+jws',
  envelope: 'ld-envelope+jws',
  receipt: 'ld-receipt+jws',
  entry: 'ld-entry+jws',
  feedHead: 'ld-feed-head+jws',
  certificate: 'ld-certificate+jws',
  revocation: 'ld-revocation+jws',
  closing: 'ld-closing+jws',
  keyRequest: 'ld-key-request+jws',
  export: 'ld-export+jws',
  delegation: 'ld-delegation+jws',
  data: 'ld-data+jws',
  project: 'ld-project+jws',
  partyWord: 'ld-party-word+jws',
  note: 'ld-note+jws',
  stewardPass: 'ld-steward-pass+jws',
} as const;
export type SignedType = (typeof SIGNED_TYPES)[keyof typeof SIGNED_TYPES];

/** Messages that nodes send each other through the outbox; each is answered by a receipt. */
export const MESSAGE_KINDS = [
  'DOSSIER',
  'ECHO',
  'WITHDRAWAL',
  'RATING',
  'MATERIAL',
  'FEED',
  'DATA_REQUEST',
  'DATA_ANSWER',
  'DELEGATION',
  'RECALL',
  'LEGAL_BASIS',
  'RESTORED',
  'COPY',
  'KEYS',
  'TAKE_OVER',
  'PROXY_EVENT',
  'PROJECT',
  'PROJECT_ANSWER',
  'OPINION_REQUEST',
  'OPINION_NOTICE',
  'OPINION_ANSWER',
  'CASE_NOTE',
  'ENQUIRY_REFERRED',
  'ENQUIRY_ANSWERED',
  'FORM_WANTED',
  'FORM_PART',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Whether a message brings bytes beside its body: a piece of a material or of a form. */
export function bringsBytes(kind: MessageKind): kind is 'MATERIAL' | 'FORM_PART' {
  return kind === 'MATERIAL' || kind === 'FORM_PART';
}

/** W3C Trace Context, `00-<trace id>-<span id>-<flags>`. */
export const traceparentSchema = z.string().regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);

/** An incarnation (任次) of a node's database, ms since 1970 at which it began; a restored database begins a new one. */
export const lifeSchema = z.int().min(1);

export const messageSchema = z.object({
  /** Random UUID; the identity of the effect: the receiver does it once. */
  id: z.uuid(),
  kind: z.enum(MESSAGE_KINDS),
  /** JSON text of the kind's body, kept as text so that its digest is of exact bytes. */
  body: z.string(),
  /** W3C traceparent of the work it was left in, so that a trace goes on where it arrives. */
  trace: traceparentSchema.optional(),
});
export type Message = z.infer<typeof messageSchema>;

/** The newest protocol the signer knows; see {@link ./protocol.ts}. Left out by programs that know the first alone. */
const protocolSchema = z.int().min(1);

/** One signed parcel of messages from one node to one other; one signature for all of them. */
export const envelopeSchema = z.object({
  v: z.literal(1),
  from: divisionCodeSchema,
  to: divisionCodeSchema,
  at: z.iso.datetime(),
  /** The sender's incarnation; messages of an incarnation that has ended are no longer accepted. */
  life: lifeSchema.optional(),
  protocol: protocolSchema.optional(),
  messages: z.array(messageSchema).min(1).max(500),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** 办件移交: the whole case, moving custody to the receiver. */
export const dossierSchema = z.object({
  case: z.string().min(1),
  /** The round of custody the receiver begins. */
  epoch: z.int().min(2),
  /** Exact JSON text of the application; the log's first line has its SHA-256. */
  application: z.string(),
  /** The whole log, as signed. */
  lines: z.array(z.string()).min(2),
});
export type Dossier = z.infer<typeof dossierSchema>;

/** 进度回传: new lines for a node that held the case. */
export const echoSchema = z.object({ case: z.string().min(1), lines: z.array(z.string()).min(1) });
export type Echo = z.infer<typeof echoSchema>;

/** 撤回申请: the applicant's wish, told at a desk that no longer holds the case. */
export const withdrawalSchema = z.object({
  case: z.string().min(1),
  reason: z.string().min(1),
  actor: z.object({ sub: z.string().min(1), name: z.string().min(1), role: z.enum(['AGENT', 'CLERK']) }),
  requestedAt: divisionCodeSchema,
});
export type Withdrawal = z.infer<typeof withdrawalSchema>;

/** 评价: the applicant's grade, given at the desk that took the case in. */
export const ratingSchema = z.object({ case: z.string().min(1), grade: z.int().min(1).max(5) });
export type RatingMessage = z.infer<typeof ratingSchema>;

/** A piece of a material; its bytes travel as the payload of the broker's message, the envelope as its header. */
export const materialPartSchema = z.object({
  sha256: sha256Schema,
  /** First byte of this piece. */
  offset: z.int().min(0),
  length: z.int().min(1),
  /** Bytes of the whole material. */
  size: z.int().min(1),
});
export type MaterialPart = z.infer<typeof materialPartSchema>;

/** 表格: a node asks the level above for a form that its copy of the catalogue names. FORM_PART brings it, as a material's pieces. */
export const formWantedSchema = z.object({ sha256: sha256Schema });

/** Feeds (数据流): append-only, numbered without a gap, facts upward and the catalogue downward. */
export const FEEDS = ['FACTS', 'CATALOGUE'] as const;
export type Feed = (typeof FEEDS)[number];

/**
 * A node's signed statement of how far its own feed goes. A subscriber can prove with it that the node has forgotten
 * entries.
 */
export const feedHeadSchema = z.object({
  feed: z.enum(FEEDS),
  publisher: divisionCodeSchema,
  head: z.int().min(0),
  at: z.iso.datetime(),
});
export type FeedHead = z.infer<typeof feedHeadSchema>;

/** A {@link FeedHead} as it travels and is kept; it is a few hundred bytes. */
const statedHeadSchema = z.string().max(4_000);

/** A stretch of a feed. An empty one says only how far the feed reaches, and as of when. */
export const feedPartSchema = z.object({
  feed: z.enum(FEEDS),
  /** The node that states the entries; it may reach the receiver by way of others. */
  publisher: divisionCodeSchema,
  /** Number of the first entry given. */
  from: z.int().min(1),
  entries: z.array(z.string()).max(1000),
  /** Number of the publisher's last entry, 0 for none. */
  head: z.int().min(0),
  /** When the sender knew that head, UTC. */
  asOf: z.iso.datetime(),
  /** The publisher's signed statement of its head, if the sender is the publisher. */
  stated: statedHeadSchema.optional(),
});
export type FeedPart = z.infer<typeof feedPartSchema>;

/** A receiver's answer to one message. */
export const answerSchema = z.discriminatedUnion('outcome', [
  /**
   * Done and durable. For a dossier `line` is the signed RECEIVED line: the receiver holds the case and every byte. For
   * a question to a party of joint handling, or the call to its visit, `line` is that node's signed word that it has
   * the message.
   */
  z.object({ id: z.uuid(), outcome: z.literal('DONE'), digest: sha256Schema, line: z.string().nullable() }),
  /** Will not be done; trying again can't help. */
  z.object({ id: z.uuid(), outcome: z.literal('REFUSED'), digest: sha256Schema, code: z.string(), reason: z.string() }),
  /** Set aside with its reason, for people to look at; not done, not lost. */
  z.object({ id: z.uuid(), outcome: z.literal('PARKED'), digest: sha256Schema, code: z.string() }),
  /** Waits for these materials. */
  z.object({ id: z.uuid(), outcome: z.literal('WANTS'), materials: z.array(sha256Schema).min(1) }),
  /** Up to which entry the receiver holds a feed without a gap. */
  z.object({
    id: z.uuid(),
    outcome: z.literal('WATERMARK'),
    feed: z.enum(FEEDS),
    publisher: divisionCodeSchema,
    seq: z.int().min(0),
    /**
     * The publisher's own earlier statement of a head beyond the one it sends: it has forgotten the entries after that
     * one.
     */
    stated: statedHeadSchema.optional(),
  }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** 回执: one node's signed answers to another. */
export const receiptSchema = z.object({
  v: z.literal(1),
  from: divisionCodeSchema,
  to: divisionCodeSchema,
  at: z.iso.datetime(),
  /** The incarnation of the node that answers. */
  life: lifeSchema.optional(),
  protocol: protocolSchema.optional(),
  answers: z.array(answerSchema).min(1).max(500),
});
export type Receipt = z.infer<typeof receiptSchema>;
