import type { Answer, Feed, MessageKind } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeTx, SharedTx } from '../db/index.ts';

/** A message as it came in: its signature is checked, and its body is parsed as JSON but not validated. */
export interface Incoming {
  id: string;
  from: DivisionCode;
  to: DivisionCode;
  kind: MessageKind;
  body: unknown;
  /** Bytes the message carries beside its body: a piece of a material. */
  bytes: Uint8Array | null;
}

/** The result of a message. */
export type Verdict =
  | { outcome: 'DONE'; line?: string }
  | { outcome: 'REFUSED'; code: string; reason: string }
  | { outcome: 'WANTS'; materials: string[] }
  | { outcome: 'WATERMARK'; feed: Feed; publisher: DivisionCode; seq: number; stated?: string }
  /** Not yet; the sender will send it again. */
  | { outcome: 'LATER'; reason: string };

/**
 * Processes a message, in the transaction that remembers it as done. A message that throws is parked, or left for later
 * if the error's code says that trying again helps.
 */
export type Receiver = (tx: NodeTx, message: Incoming) => Promise<Verdict>;

/** Receives messages of which many are processed side by side in one transaction. */
export type SharedReceiver = (tx: SharedTx, message: Incoming) => Promise<Verdict>;

/** Kinds that are about one case. (A project that two cases join takes one line at a time, and refuses two at once.) */
const OF_A_CASE = ['DOSSIER', 'ECHO', 'WITHDRAWAL', 'RATING', 'RECALL', 'CASE_NOTE'] as const;
const SIDE_BY_SIDE = [...OF_A_CASE, 'MATERIAL'] as const;
/** Kinds of which many are processed side by side: those about one case, and pieces of materials. */
type SideBySide = (typeof SIDE_BY_SIDE)[number];

/** Whether messages of a kind are processed side by side with others. */
export function isSideBySide(kind: MessageKind): kind is SideBySide {
  return (SIDE_BY_SIDE as readonly MessageKind[]).includes(kind);
}

/** The receiver of each kind of message. */
export type Receivers = Readonly<{ [K in MessageKind]: K extends SideBySide ? SharedReceiver : Receiver }>;

/** A message of this node and its receiver's answer. */
export interface Answered {
  id: string;
  receiver: DivisionCode;
  kind: MessageKind;
  caseId: string | null;
  body: unknown;
  answer: Answer;
}

/** Locks cases in the order of their ids, before the transaction locks anything else. */
export type LockCases = (tx: SharedTx, ids: readonly string[]) => Promise<void>;

/** Does at the sender what an answer leads to, in the transaction that settles the message. */
export type Settler = (tx: SharedTx, answered: Answered) => Promise<void>;
