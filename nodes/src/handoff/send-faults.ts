import { JetStreamError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import type { DivisionCode, ErrorCode } from '@liandong/schema/kernel';
import type { MessageKind } from '@liandong/schema/wire';
import { ERRORS, ProblemError } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostDb } from '../db/index.ts';

/** What was to be sent, as people search for it. */
export interface Sending {
  node: DivisionCode;
  receiver: DivisionCode;
  kind: MessageKind | 'RECEIPT';
  /** The message's id, or the feed; empty for all of the kind. */
  subject: string;
}

/** JetStream's error code for a message larger than its stream takes. */
const STREAM_MESSAGE_TOO_LARGE = 10_054;

/**
 * Messages that can't be sent however often the relay tries: a message larger than the broker takes, a key that has
 * ended, a right that is missing. Each is logged as an error once and kept in the database until it goes after all, for
 * metrics and doctor. A fault that passes by itself, such as a cut line, is not kept.
 */
export class SendFaults {
  readonly #db: HostDb;
  readonly #log: Logger;
  readonly #known = new Set<string>();

  constructor(db: HostDb, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** Loads the faults from before this process began; old ones are forgotten. */
  async load(): Promise<void> {
    await this.#db.queryHost(`DELETE FROM send_faults WHERE last_at < now() - interval '1 day'`);
    const rows = await this.#db.queryHost<Sending>(`SELECT node, receiver, kind, subject FROM send_faults`);
    for (const row of rows) this.#known.add(keyOf(row));
  }

  /** Records that a send failed. Called with each try. */
  async failed(sending: Sending, error: unknown): Promise<void> {
    const { node, receiver, kind, subject } = sending;
    if (passes(error)) {
      this.#log.debug({ err: error, ...sending }, 'outbox message not sent, retrying');
      return;
    }
    const { code, reason } = faultOf(error);
    const key = keyOf(sending);
    if (!this.#known.has(key)) {
      this.#known.add(key);
      this.#log.error({ err: error, ...sending, code }, 'outbox message cannot be sent');
    }
    await this.#write(
      `INSERT INTO send_faults (node, receiver, kind, subject, code, reason) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (node, receiver, kind, subject)
         DO UPDATE SET code = excluded.code, reason = excluded.reason, last_at = now()`,
      [node, receiver, kind, subject, code, reason],
    );
  }

  /** Records that a send succeeded, which ends its fault. */
  async went(sending: Sending): Promise<void> {
    if (!this.#known.delete(keyOf(sending))) return;
    this.#log.info(sending, 'outbox message sent after earlier failures');
    const { node, receiver, kind, subject } = sending;
    await this.#write(`DELETE FROM send_faults WHERE node = $1 AND receiver = $2 AND kind = $3 AND subject = $4`, [
      node,
      receiver,
      kind,
      subject,
    ]);
  }

  async #write(sql: string, params: readonly unknown[]): Promise<void> {
    try {
      await this.#db.queryHost(sql, params);
    } catch (error) {
      // the next try records it
      this.#log.debug({ err: error }, 'send fault not recorded');
    }
  }
}

function keyOf({ node, receiver, kind, subject }: Sending): string {
  return `${node} ${receiver} ${kind} ${subject}`;
}

/** Whether an error passes by itself: the line, the broker or the database is away, or a road is full. */
function passes(error: unknown): boolean {
  if (error instanceof ProblemError) return ERRORS[error.code].retry;
  if (refusal(error)) return false;
  if (error instanceof JetStreamError) return !('code' in error && error.code === STREAM_MESSAGE_TOO_LARGE);
  const passing = [
    errors.TimeoutError,
    errors.NoRespondersError,
    errors.RequestError,
    errors.ConnectionError,
    errors.ClosedConnectionError,
    errors.DrainingConnectionError,
  ];
  // JetStream's client has no class of its own for a stream that does not answer
  return (
    passing.some((kind) => error instanceof kind) || (error instanceof Error && error.name === 'JetStreamNotEnabled')
  );
}

/** Whether the broker refuses the host the right to publish this. */
function refusal(error: unknown): boolean {
  const reasons = [error, error instanceof Error ? error.cause : undefined];
  return reasons.some((reason) => reason instanceof errors.PermissionViolationError);
}

/** Code and reason to report. Errors of other libraries may quote their input, so their text is not used. */
function faultOf(error: unknown): { code: ErrorCode; reason: string } {
  if (error instanceof ProblemError) return { code: error.code, reason: error.problem.message };
  if (refusal(error)) return { code: 'FORBIDDEN', reason: 'The broker does not let this host send there.' };
  if (error instanceof JetStreamError || error instanceof errors.InvalidArgumentError) {
    return { code: 'PAYLOAD_TOO_LARGE', reason: 'The broker takes no message as large as this.' };
  }
  return { code: 'INTERNAL', reason: `${error instanceof Error ? error.name : 'An error'}; see the log.` };
}
