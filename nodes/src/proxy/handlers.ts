import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { ProxyEvent, ProxyHandlingView, ProxyToldView, proxy, TakeOverView } from '@liandong/schema/domains/proxy';
import type { Viewer } from '@liandong/schema/operation';
import { actAs } from '@liandong/schema/case';
import { ARTICLES, dayOf, filingNodeOf, problem, ProblemError } from '@liandong/schema/kernel';
import { mayTakeOver, proxyTeller, takeOverSchema } from '@liandong/schema/domains/proxy';
import type { CaseWriter, PostsOf } from '../cases/index.ts';
import { findCase, lockReadableCase, readableCase } from '../cases/index.ts';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { AgentListParts } from './agent-list.ts';
import { agentList } from './agent-list.ts';
import { carryProxyEvent } from './carry-event.ts';

export interface ProxyParts {
  node: DivisionCode;
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  posts: PostsOf;
  calendar: () => OfficialCalendar;
  told: AgentListParts['told'];
  failures: Failures;
  now: () => Date;
}

/** A mutation that adds an event to a case. */
interface Telling {
  viewer: Viewer;
  tx: SharedTx;
  input: { id: string };
  once: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A node's mutations of proxy handling (代办), also for cases another desk holds. */
export function proxyHandlers(parts: ProxyParts): NodeHandlers<typeof proxy> {
  const { node, divisions, outbox, posts, now } = parts;

  return {
    async proxyHandling({ viewer, queries, input: { case: id } }) {
      return handlingOf(node, (await readableCase(parts, queries, viewer, id)).file);
    },

    agentCases: ({ viewer, queries, input: { agent }, page }) =>
      agentList(parts, queries, viewer, agent ?? viewer.sub, page),

    logContact: (asked) => {
      const { with: party, way, what } = asked.input;
      return tell(parts, asked, { action: 'CONTACTED', data: { with: party, way, what } });
    },

    revokeConsent: (asked) => {
      const { way, reason } = asked.input;
      return tell(parts, asked, { action: 'CONSENT_REVOKED', data: { way, reason } });
    },

    async takeOverCases({ viewer, tx, input: { ids, reason }, once }) {
      const at = now();
      const desk = { node, viewer, divisions, now: at, ...(await posts(tx, viewer, dayOf(at))) };
      const actor = actAs(desk, 'TAKE_OVER_CASE', null);
      const asked = villagesOf(node, divisions, ids);
      if (reason === '') {
        throw problem('REASON_MISSING', 'Give the reason.', { article: ARTICLES.postDuties, field: 'reason' });
      }
      await once(async () => {
        const messages = asked.map(({ id, from }) => {
          const body = takeOverSchema.parse({ case: id, reason, actor });
          return { receiver: from, kind: 'TAKE_OVER', caseId: id, body } as const;
        });
        await outbox.enqueue(tx, messages);
        return true;
      });
      return asked;
    },
  };
}

/** Writes the event if the case is held here; otherwise sends it to the desk that holds the case. */
async function tell(
  { node, divisions, writer, outbox, posts, now }: ProxyParts,
  { viewer, tx, input: { id }, once }: Telling,
  event: Exclude<ProxyEvent, { action: 'AGENT_CHANGED' }>,
): Promise<ProxyToldView> {
  const stored = await lockReadableCase({ node, divisions }, tx, viewer, id);
  const told = await once(async () => {
    const { file } = stored;
    const at = now();
    const desk = { node, viewer, divisions, now: at, ...(await posts(tx, viewer, dayOf(at))) };
    const actor = proxyTeller(desk, file, event);
    return { carriedTo: await carryProxyEvent(tx, { writer, outbox }, file, { actor, event, at }) };
  });
  const after = (await findCase(tx, id)) ?? stored;
  return { handling: handlingOf(node, after.file), ...told };
}

/**
 * The village each case was filed at. @throws {ProblemError} NOT_COMPETENT for each that is not one of this township's
 */
function villagesOf(node: DivisionCode, divisions: Divisions, ids: readonly string[]): TakeOverView[] {
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

/** @throws {ProblemError} CONSENT_MISSING */
function handlingOf(node: DivisionCode, { id, number, custodian, proxy: handled }: CaseFile): ProxyHandlingView {
  if (!handled) {
    const article = ARTICLES.proxyConsent;
    throw problem('CONSENT_MISSING', 'The case has no proxy agent.', { node, article, field: 'case' });
  }
  const { consent, agent, contacts } = handled;
  return { id, number, custodian, consent, agent, contacts, answeredBy: node };
}
