import type {
  AskedOpinion,
  OpinionRequestView,
  PartyDesk,
  PartySays,
  PartyWord,
  RequestKey,
} from '@liandong/schema/domains/joint';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Page, PageRequest, Viewer } from '@liandong/schema/operation';
import { ARTICLES, dayOf, isInstant, problem } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { readableDepartment, requestStateOf, requireRequestReader } from '@liandong/schema/domains/joint';
import { signedIn } from '@liandong/schema/operation';
import { z } from 'zod';
import type { PostsOf } from '../cases/index.ts';
import { readPart } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { once } from '../idempotency/index.ts';
import type { Trust } from '../trust/index.ts';
import type { RequestCursor, StoredOpinionRequest } from './request-store.ts';
import { findRequest, listRequests, lockRequest, saveWord } from './request-store.ts';

export interface RequestDeskParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  trust: Trust;
  outbox: Outbox;
  posts: PostsOf;
  now: () => Date;
}

const cursorSchema = z.tuple([z.string().refine(isInstant), z.string(), z.int32()]);

/** What a node's departments find of the questions they are asked, and how they answer another node's. */
export function requestDesk({ node, db, divisions, calendar, trust, outbox, posts, now }: RequestDeskParts) {
  const queries = db.queries(node);

  const viewOf = (stored: StoredOpinionRequest): OpinionRequestView => ({
    ...stored.asked,
    standing: requestStateOf(stored.asked),
    applicant: stored.applicant,
    form: stored.form,
    materials: stored.materials,
    removedAt: stored.removedAt,
    words: stored.words.map(({ word, state, code, reason }) => ({ word, state, code, reason })),
    answeredBy: node,
  });

  async function readable(viewer: Viewer | null, { id, party }: RequestKey): Promise<StoredOpinionRequest> {
    const person = signedIn(viewer);
    const found = await findRequest(queries, id, party);
    if (!found) throw notFound(id, party);
    requireRequestReader(person, node, found.asked.party.department, divisions);
    return found;
  }

  const notFound = (id: string, party: number) =>
    problem('NOT_FOUND', `${node} was not asked about ${id.slice(0, 60)} as party ${party}.`, { node, field: 'id' });

  return {
    /** Whether another node leads the question; what this node leads is answered in the case itself. */
    async ofOtherLead(id: string, party: number): Promise<boolean> {
      const found = await findRequest(queries, id, party);
      return found !== null && found.asked.leadNode !== node;
    },

    async find(id: string, party: number): Promise<OpinionRequestView | null> {
      const found = await findRequest(queries, id, party);
      return found && viewOf(found);
    },

    async get(viewer: Viewer | null, key: RequestKey): Promise<OpinionRequestView> {
      return viewOf(await readable(viewer, key));
    },

    async material(viewer: Viewer | null, key: RequestKey, sha256: string): Promise<string> {
      const { materials, removedAt } = await readable(viewer, key);
      if (removedAt) {
        const why = `What was shown with this question was removed on ${dayOf(removedAt)}; the lead keeps it.`;
        throw problem('NOT_FOUND', why, { node, field: 'sha256', article: ARTICLES.storedNoLonger });
      }
      const shown = materials.find((m) => m.sha256 === sha256);
      const bytes = shown && (await readPart(queries, { sha256, offset: 0, length: shown.size }));
      if (bytes) return bytes.toString('base64');
      throw problem('NOT_FOUND', 'No such material is shown with this question.', { node, field: 'sha256' });
    },

    async list(viewer: Viewer | null, waiting: boolean, page: PageRequest): Promise<Page<OpinionRequestView>> {
      const department = readableDepartment(signedIn(viewer), node, divisions);
      const after = page.after === null ? null : decodeCursor(page.after);
      const found = await listRequests(queries, { waiting, department }, page.first + 1, after);
      const shown = found.slice(0, page.first);
      return {
        nodes: shown.map(viewOf),
        cursors: shown.map(({ asked }) => encodeCursor(asked)),
        hasNextPage: found.length > page.first,
        hasPreviousPage: page.after !== null,
      };
    },

    /** Signs what a department says and leaves it for the lead's node, in one transaction; the rule decides first. */
    async say(
      person: Viewer,
      mutation: string,
      input: RequestKey & { idempotencyKey: string | null },
      rule: (desk: PartyDesk, asked: AskedOpinion) => PartySays,
    ): Promise<void> {
      await db.transact(node, (tx) =>
        once(tx, person, input.idempotencyKey, { mutation, input }, async () => {
          const known = await lockRequest(tx, input.id, input.party);
          if (!known) throw notFound(input.id, input.party);
          const { asked } = known;
          const at = now();
          const standing = await posts(tx, person, dayOf(at));
          const says = rule({ node, viewer: person, now: at, divisions, calendar: calendar(), ...standing }, asked);
          const { opened, party } = asked;
          const head = { case: asked.case, opened, party: party.number, node, department: party.department };
          const word: PartyWord = { ...head, ...says };
          const answer = await trust.sign(node, SIGNED_TYPES.partyWord, word);
          await saveWord(tx, word, answer);
          const body = { case: asked.case, answer };
          await outbox.enqueue(tx, [{ receiver: asked.leadNode, kind: 'OPINION_ANSWER', caseId: asked.case, body }]);
          return true;
        }),
      );
    },
  };
}

function encodeCursor({ party, case: caseId }: AskedOpinion): string {
  return cursorOf(JSON.stringify([party.dueAt, caseId, party.number]));
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(text: string): RequestCursor {
  const { data } = cursorSchema.safeParse(placesOf(text));
  if (!data) throw noCursor();
  return { dueAt: new Date(data[0]), caseId: data[1], party: data[2] };
}
