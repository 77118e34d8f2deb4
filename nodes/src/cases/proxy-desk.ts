import type {
  CaseFile,
  DivisionCode,
  Divisions,
  LogActor,
  ProxyEvent,
  ProxyEventInput,
  ProxyService,
  TakeOverInput,
  TakeOverView,
  Viewer,
} from '@liandong/schema';
import {
  ARTICLES,
  ProblemError,
  caseSteps,
  custodyAt,
  filingNodeOf,
  problem,
  proxyEventSchema,
  readersOf,
  requireCaseReader,
  requireOwnDesk,
  requirePermission,
  signedIn,
  takeOverSchema,
} from '@liandong/schema';
import type { HostDb, NodeTx } from '../db/index.ts';
import type { Incoming, Outbox, Verdict } from '../handoff/index.ts';
import { lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import { once } from './idempotency.ts';

export interface ProxyParts {
  db: HostDb;
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  now: () => Date;
}

/** What a node's people do in proxy handling (代办), also for cases another desk holds. */
export function proxyService(node: DivisionCode, { db, divisions, writer, outbox, now }: ProxyParts): ProxyService {
  return {
    logContact: (viewer, { id, idempotencyKey, with: party, way, what }) =>
      tell(viewer, { id, idempotencyKey }, { action: 'CONTACTED', data: { with: party, way, what } }),

    revokeConsent: (viewer, { id, idempotencyKey, way, reason }) =>
      tell(viewer, { id, idempotencyKey }, { action: 'CONSENT_REVOKED', data: { way, reason } }),

    async takeOver(viewer: Viewer | null, input: TakeOverInput): Promise<TakeOverView> {
      const person = signedIn(viewer);
      requireOwnDesk(person, node);
      const role = requirePermission(person, 'TAKE_OVER_CASE', divisions.get(node).tier);
      const from = filingNodeOf(input.id);
      if (from === null || !caseSteps.mayTakeOver(node, from, divisions)) {
        throw problem('NOT_COMPETENT', `${node} takes over cases of its own villages only.`, { node, field: 'id' });
      }
      if (input.reason.trim() === '') {
        throw problem('REASON_MISSING', 'Give the reason.', { article: ARTICLES.postDuties, field: 'reason' });
      }
      const actor = { sub: person.sub, name: person.name, role };
      const body = takeOverSchema.parse({ case: input.id, reason: input.reason, actor });
      await db.transact(node, (tx) =>
        once(tx, person, input.idempotencyKey, { mutation: 'takeOver', input }, async () => {
          await outbox.enqueue(tx, [{ receiver: from, kind: 'TAKE_OVER', caseId: input.id, body }]);
          return true;
        }),
      );
      return { id: input.id, from };
    },
  };

  /** Writes it where the case is held here; has it carried to the desk that holds it otherwise. */
  async function tell(viewer: Viewer | null, input: ProxyEventInput, event: ProxyEvent): Promise<{ id: string }> {
    const person = signedIn(viewer);
    await db.transact(node, async (tx) => {
      const stored = await lockCase(tx, input.id);
      if (!stored) throw problem('NOT_FOUND', `${node} knows no such case.`, { node, field: 'id' });
      requireCaseReader(person, readersOf(stored.file), divisions);
      await once(tx, person, input.idempotencyKey, { input, event }, async () => {
        const { file } = stored;
        const at = now();
        const actor = caseSteps.proxyTeller({ node, viewer: person, divisions, now: at }, file, event);
        await carry(tx, file, actor, event, at);
        return true;
      });
    });
    return { id: input.id };
  }

  async function carry(tx: NodeTx, file: CaseFile, actor: LogActor, event: ProxyEvent, at: Date): Promise<void> {
    const custody = custodyAt(file, node);
    if (custody === 'IN_TRANSIT') {
      throw problem('CASE_IN_TRANSIT', `The case is under way to ${file.inTransitTo} and can't be changed.`);
    }
    if (custody === 'ELSEWHERE') {
      const body = { case: file.id, actor, event };
      await outbox.enqueue(tx, [{ receiver: file.custodian, kind: 'PROXY_EVENT', caseId: file.id, body }]);
      return;
    }
    const stored = await lockCase(tx, file.id);
    if (stored) await writer.append(tx, stored, caseSteps.proxyEvent(stored.file, actor, event, at), at);
  }
}

/** What other nodes tell and ask of proxy handling. */
export class ProxyReceiver {
  readonly #parts: Omit<ProxyParts, 'db'>;

  constructor(parts: Omit<ProxyParts, 'db'>) {
    this.#parts = parts;
  }

  /** Hands a case over to the township that asks for it, when it is held here. */
  readonly takeOver = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const { divisions, writer, now } = this.#parts;
    const body = takeOverSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'No request to take a case over.', { cause: body.error });
    const stored = await lockCase(tx, body.data.case);
    if (!stored) return { outcome: 'REFUSED', code: 'NOT_FOUND', reason: `${tx.node} never held the case.` };
    if (custodyAt(stored.file, tx.node) === 'IN_TRANSIT') {
      return { outcome: 'LATER', reason: 'the case is under way' };
    }
    const { actor, reason } = body.data;
    return settled(async () => {
      const at = { node: tx.node, divisions };
      await writer.append(tx, stored, caseSteps.takeOverCase(at, stored.file, message.from, actor, reason), now());
    });
  };

  /** Writes a contact or a revocation where the case is; passes it on where it moved on. */
  readonly event = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const { writer, outbox, now } = this.#parts;
    const parsed = proxyEventSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'No event of proxy handling.', { cause: parsed.error });
    const { data: body } = parsed;
    const stored = await lockCase(tx, body.case);
    if (!stored?.file.holders.includes(message.from)) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} never held the case.` };
    }
    const custody = custodyAt(stored.file, tx.node);
    if (custody === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    if (custody === 'ELSEWHERE') {
      await outbox.enqueue(tx, [{ receiver: stored.file.custodian, kind: 'PROXY_EVENT', caseId: body.case, body }]);
      return { outcome: 'DONE' };
    }
    return settled(async () => {
      await writer.append(tx, stored, caseSteps.proxyEvent(stored.file, body.actor, body.event, now()), now());
    });
  };
}

async function settled(work: () => Promise<void>): Promise<Verdict> {
  try {
    await work();
    return { outcome: 'DONE' };
  } catch (error) {
    if (error instanceof ProblemError) return { outcome: 'REFUSED', code: error.code, reason: error.message };
    throw error;
  }
}
