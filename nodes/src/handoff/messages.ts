import type { Answer, Feed, MessageKind } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeTx } from '../db/index.ts';

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
export type LockCases = (tx: NodeTx, ids: readonly string[]) => Promise<void>;

/** Does at the sender what an answer leads to, in the transaction that settles the message. */
export type Settler = (tx: NodeTx, answered: Answered) => Promise<void>;
