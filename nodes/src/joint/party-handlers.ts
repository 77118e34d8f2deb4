import type {
  AskedOpinion,
  joint,
  PartyDesk,
  PartySays,
  PartyStepView,
  PartyWord,
} from '@liandong/schema/domains/joint';
import type { CaseFile, Step, StepContext } from '@liandong/schema/case';
import type { OfficialCalendar } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import {
  answerRequest,
  excuseAttendance,
  excuseFromVisit,
  excuseOpinion,
  excuseRequest,
  giveOpinion,
} from '@liandong/schema/domains/joint';
import { dayOf } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import type { PostsOf, StepRunner, StoredCase } from '../cases/index.ts';
import { readableCase } from '../cases/index.ts';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { jointOf } from './joint-view.ts';
import type { RequestDeskParts } from './request-desk.ts';
import { requestOf, unasked } from './request-desk.ts';
import { findRequest, lockRequest, saveWord } from './request-store.ts';

export interface PartyParts extends RequestDeskParts {
  calendar: () => OfficialCalendar;
  trust: Trust;
  outbox: Outbox;
  posts: PostsOf;
  runner: StepRunner;
  now: () => Date;
}

/** A party's mutation. */
interface Spoken {
  viewer: Viewer;
  tx: SharedTx;
  input: { id: string; party: number };
  once: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Where a party's word goes under the rules: into the case if its own node leads it, or signed to the lead. */
interface Saying {
  here: (context: StepContext, file: CaseFile) => Step;
  elsewhere: (desk: PartyDesk, asked: AskedOpinion) => PartySays;
}

/** The mutations of parties to joint handling: opinions, and excuses from the deadline or the visit. */
export function partyHandlers(
  parts: PartyParts,
): Pick<NodeHandlers<typeof joint>, 'givePartyOpinion' | 'excusePartyOpinion' | 'excuseFromVisit'> {
  return {
    givePartyOpinion: (asked) =>
      spoken(parts, asked, {
        here: (context, file) => giveOpinion(context, file, asked.input),
        elsewhere: (desk, request) => answerRequest(desk, request, asked.input),
      }),

    excusePartyOpinion: (asked) => {
      const { party, reason, days } = asked.input;
      return spoken(parts, asked, {
        here: (context, file) => excuseOpinion(context, file, party, reason, days),
        elsewhere: (desk, request) => excuseRequest(desk, request, reason, days),
      });
    },

    excuseFromVisit: (asked) => {
      const { party, reason } = asked.input;
      return spoken(parts, asked, {
        here: (context, file) => excuseFromVisit(context, file, party, reason),
        elsewhere: (desk, request) => excuseAttendance(desk, request, reason),
      });
    },
  };
}

async function spoken(parts: PartyParts, { viewer, tx, input, once }: Spoken, saying: Saying): Promise<PartyStepView> {
  const { node, runner } = parts;
  const { id, party } = input;
  const question = await findRequest(tx, id, party);
  if (question && question.asked.leadNode !== node) {
    await once(() => say(parts, tx, viewer, input, saying.elsewhere));
    return { handling: null, request: requestOf(node, await findRequest(tx, id, party)) };
  }
  let led: StoredCase | undefined;
  await once(async () => {
    led = await runner.within(tx, viewer, id, (_tx, context, file) => saying.here(context, file));
    return true;
  });
  const stored = led ?? (await readableCase(parts, tx, viewer, id));
  return { handling: jointOf(node, stored), request: requestOf(node, await findRequest(tx, id, party)) };
}

/** Signs a department's word and enqueues it for the lead's node; the rule decides first. */
async function say(
  { node, divisions, calendar, trust, outbox, posts, now }: PartyParts,
  tx: SharedTx,
  viewer: Viewer,
  input: { id: string; party: number },
  rule: Saying['elsewhere'],
): Promise<true> {
  const known = await lockRequest(tx, input.id, input.party);
  if (!known) throw unasked(node, input.id, input.party);
  const { asked } = known;
  const at = now();
  const standing = await posts(tx, viewer, dayOf(at));
  const says = rule({ node, viewer, now: at, divisions, calendar: calendar(), ...standing }, asked);
  const { opened, party } = asked;
  const head = { case: asked.case, opened, party: party.number, node, department: party.department };
  const word: PartyWord = { ...head, ...says };
  const answer = await trust.sign(node, SIGNED_TYPES.partyWord, word);
  await saveWord(tx, word, answer);
  const body = { case: asked.case, answer };
  await outbox.enqueue(tx, [{ receiver: asked.leadNode, kind: 'OPINION_ANSWER', caseId: asked.case, body }]);
  return true;
}
