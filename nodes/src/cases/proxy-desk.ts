import { actAs, custodyAt, hasPart, isClosed, requireFileReader } from '@liandong/schema/case';
import {
  isSameAgent,
  mayTakeOver,
  proxyEvent,
  proxyEventSchema,
  proxyTeller,
  takeOverCase,
  takeOverSchema,
} from '@liandong/schema/domains/proxy';
import type { CaseFile, LogActor } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type {
  ProxyEvent,
  ProxyHandlingView,
  ProxyService,
  ProxyToldView,
  TakeOverView,
} from '@liandong/schema/domains/proxy';
import type { Viewer } from '@liandong/schema/operation';
import { ARTICLES, dayOf, filingNodeOf, problem, ProblemError } from '@liandong/schema/kernel';
import { signedIn } from '@liandong/schema/operation';
import type { HostDb, NodeTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Incoming, Outbox, Verdict } from '../handoff/index.ts';
import { once } from '../idempotency/index.ts';
import type { AgentListParts } from './agent-list.ts';
import { agentList } from './agent-list.ts';
import { findCase, lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import type { PostsOf } from './posts.ts';

export interface ProxyParts {
  db: HostDb;
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  posts: PostsOf;
  calendar: () => OfficialCalendar;
  told: AgentListParts['told'];
  failures: Failures;
  now: () => Date;
}

/** What a node's people do in proxy handling (代办), also for cases another desk holds. */
export function proxyService(
  node: DivisionCode,
  { db, divisions, calendar, writer, outbox, posts, told, failures, now }: ProxyParts,
): ProxyService {
  return {
    async ofCase(viewer, id) {
      const person = signedIn(viewer);
      const stored = await findCase(db.queries(node), id);
      if (!stored) throw unknown(id);
      requireFileReader(person, stored.file, divisions);
      return viewOf(stored.file);
    },

    async agentCases(viewer, agent, page) {
      const person = signedIn(viewer);
      return agentList({ node, db, divisions, calendar, told, failures, now }, person, agent ?? person.sub, page);
    },

    logContact: (viewer, { id, idempotencyKey, with: party, way, what }) =>
      tell(viewer, { id, idempotencyKey }, { action: 'CONTACTED', data: { with: party, way, what } }),

    revokeConsent: (viewer, { id, idempotencyKey, way, reason }) =>
      tell(viewer, { id, idempotencyKey }, { action: 'CONSENT_REVOKED', data: { way, reason } }),

    async takeOver(viewer, input) {
      const person = signedIn(viewer);
      const at = now();
      const standing = await posts(db.queries(node), person, dayOf(at));
      const desk = { node, viewer: person, divisions, now: at, ...standing };
      const actor = actAs(desk, 'TAKE_OVER_CASE', null);
      const asked = villagesOf(input.ids);
      if (input.reason === '') {
        throw problem('REASON_MISSING', 'Give the reason.', { article: ARTICLES.postDuties, field: 'reason' });
      }
      await db.transact(node, (tx) =>
        once(tx, person, input.idempotencyKey, { mutation: 'takeOver', input }, async () => {
          const { reason } = input;
          const messages = asked.map(({ id, from }) => {
            const body = takeOverSchema.parse({ case: id, reason, actor });
            return { receiver: from, kind: 'TAKE_OVER', caseId: id, body } as const;
          });
          await outbox.enqueue(tx, messages);
          return true;
        }),
      );
      return asked;
    },
  };

  /** The village each case was filed at. @throws {ProblemError} NOT_COMPETENT for each that is none of this township's */
  function villagesOf(ids: readonly string[]): TakeOverView[] {
    const asked = ids.map((id) => ({ id, from: filingNodeOf(id) }));
    const faults = asked.flatMap(({ id, from }, index) => {
      if (from !== null && mayTakeOver(node, from, divisions)) return [];
      const message = `${node} takes over cases of its own villages only, not ${id}.`;
      return [problem('NOT_COMPETENT', message, { node, field: `ids.${index}` }).problem];
    });
    const [first, ...rest] = faults;
    if (first) throw new ProblemError([first, ...rest]);
    return asked.flatMap(({ id, from }) => (from === null ? [] : [{ id, from }]));
  }

  /** Writes it where the case is held here; has it carried to the desk that holds it otherwise. */
  async function tell(
    viewer: Viewer | null,
    input: { id: string; idempotencyKey: string | null },
    event: Exclude<ProxyEvent, { action: 'AGENT_CHANGED' }>,
  ): Promise<ProxyToldView> {
    const person = signedIn(viewer);
    return db.transact(node, async (tx) => {
      const stored = await lockCase(tx, input.id);
      if (!stored) throw unknown(input.id);
      requireFileReader(person, stored.file, divisions);
      const told = await once(tx, person, input.idempotencyKey, { input, event }, async () => {
        const { file } = stored;
        const at = now();
        const desk = { node, viewer: person, divisions, now: at, ...(await posts(tx, person, dayOf(at))) };
        const actor = proxyTeller(desk, file, event);
        return { carriedTo: await carryProxyEvent(tx, { writer, outbox }, file, { actor, event, at }) };
      });
      const after = (await findCase(tx, input.id)) ?? stored;
      return { handling: viewOf(after.file), ...told };
    });
  }

  function viewOf({ id, number, custodian, proxy }: CaseFile): ProxyHandlingView {
    if (!proxy) {
      const article = ARTICLES.proxyConsent;
      throw problem('CONSENT_MISSING', 'The case has no proxy agent.', { node, article, field: 'case' });
    }
    const { consent, agent, contacts } = proxy;
    return { id, number, custodian, consent, agent, contacts, answeredBy: node };
  }

  function unknown(id: string): ProblemError {
    return problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field: 'id' });
  }
}

/**
 * Writes an event of proxy handling into a case that is held here, or has it carried to the desk that holds it.
 * @returns the desk it is carried to; null where it is written here
 * @throws {ProblemError} CASE_IN_TRANSIT, and what the event itself is refused with
 */
export async function carryProxyEvent(
  tx: NodeTx,
  { writer, outbox }: Pick<ProxyParts, 'writer' | 'outbox'>,
  file: CaseFile,
  { actor, event, at }: { actor: LogActor; event: ProxyEvent; at: Date },
): Promise<DivisionCode | null> {
  const custody = custodyAt(file, tx.node);
  if (custody === 'IN_TRANSIT') {
    throw problem('CASE_IN_TRANSIT', `The case is under way to ${file.inTransitTo} and can't be changed.`);
  }
  if (custody === 'ELSEWHERE') {
    const body = { case: file.id, actor, event };
    await outbox.enqueue(tx, [{ receiver: file.custodian, kind: 'PROXY_EVENT', caseId: file.id, body }]);
    return file.custodian;
  }
  const stored = await lockCase(tx, file.id);
  if (stored) await writer.append(tx, stored, proxyEvent(stored.file, actor, event, at), at);
  return null;
}

/** What other nodes tell and ask of proxy handling. */
export class ProxyReceiver {
  readonly #parts: Pick<ProxyParts, 'divisions' | 'writer' | 'outbox' | 'now'>;

  constructor(parts: Pick<ProxyParts, 'divisions' | 'writer' | 'outbox' | 'now'>) {
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
      await writer.append(tx, stored, takeOverCase(at, stored.file, message.from, actor, reason), now());
    });
  };

  /** Writes a contact or a revocation where the case is; passes it on where it moved on. */
  readonly event = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const { writer, outbox, now } = this.#parts;
    const parsed = proxyEventSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'No event of proxy handling.', { cause: parsed.error });
    const { data: body } = parsed;
    const stored = await lockCase(tx, body.case);
    if (!stored || !hasPart(message.from, stored.file)) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} never held the case.` };
    }
    const custody = custodyAt(stored.file, tx.node);
    if (custody === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    if (custody === 'HELD' && isAhead(stored.file, body.event)) {
      return { outcome: 'LATER', reason: 'the change of agent ahead of it has not come' };
    }
    if (custody === 'ELSEWHERE') {
      await outbox.enqueue(tx, [{ receiver: stored.file.custodian, kind: 'PROXY_EVENT', caseId: body.case, body }]);
      return { outcome: 'DONE' };
    }
    return settled(async () => {
      await writer.append(tx, stored, proxyEvent(stored.file, body.actor, body.event, now()), now());
    });
  };
}

/** Whether a change of agent came ahead of the one it builds on: both are of the same desk, and messages may overtake. */
function isAhead({ proxy, state }: CaseFile, event: ProxyEvent): boolean {
  if (event.action !== 'AGENT_CHANGED' || !proxy || proxy.consent.revokedAt || isClosed(state)) return false;
  const { from } = event.data;
  return from.node === proxy.agent.node && !isSameAgent(from, proxy.agent);
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
