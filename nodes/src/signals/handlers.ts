import type { SignalView, signals } from '@liandong/schema/domains/signals';
import { requireSignalReader } from '@liandong/schema/domains/signals';
import { standsInFor } from '@liandong/schema/domains/caseload';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { z } from 'zod';
import type { PostsOf } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';
import type { NumberedSignal, SignalReader } from './signal-store.ts';
import { countUnread, findHead, findOff, listSignals, markRead, saveOff } from './signal-store.ts';

export interface SignalParts {
  node: DivisionCode;
  divisions: Divisions;
  posts: PostsOf;
  /** The present incarnation of the node's database. */
  incarnationOf: (node: DivisionCode) => number | undefined;
  now: () => Date;
}

/** The incarnation in which a number was given, and the number. */
const cursorSchema = z.tuple([z.int().min(0), z.int().min(0)]);

/** 提醒 at one node, for its people. */
export function signalHandlers(parts: SignalParts): NodeHandlers<typeof signals> {
  const { node, divisions, incarnationOf, now } = parts;
  const life = () => incarnationOf(node) ?? 0;

  const readerOf = async (queries: NodeQueries, viewer: Viewer): Promise<SignalReader> => {
    requireSignalReader(viewer, node, divisions);
    const { standIns } = await parts.posts(queries, viewer, dayOf(now()));
    const { issuer, sub, department } = viewer;
    return { issuer, sub, department, subs: [sub, ...standsInFor(standIns, now())] };
  };
  const unreadOf = async (queries: NodeQueries, reader: SignalReader) => {
    // the head first: what comes meanwhile is behind it
    const cursor = encode(life(), await findHead(queries));
    return { count: await countUnread(queries, reader), cursor };
  };

  return {
    async signals({ viewer, queries, input: { unread }, page }) {
      const reader = await readerOf(queries, viewer);
      const after = page.after === null ? 0 : await placeAfter(queries, life(), page.after);
      const found = await listSignals(queries, reader, { after, unread }, page.first + 1);
      const listed = found.slice(0, page.first);
      return {
        nodes: listed.map((signal) => shown(node, signal)),
        cursors: listed.map(({ seq }) => encode(life(), seq)),
        hasNextPage: found.length > page.first,
        hasPreviousPage: after > 0,
      };
    },

    unreadSignals: async ({ viewer, queries }) => unreadOf(queries, await readerOf(queries, viewer)),

    async signalPreferences({ viewer, queries }) {
      requireSignalReader(viewer, node, divisions);
      return { off: await findOff(queries, viewer) };
    },

    async markSignalsRead({ viewer, tx, input: { ids, upTo }, once }) {
      const reader = await readerOf(tx, viewer);
      const which = ids === null ? { upTo: numberOf(life(), upTo) } : { ids };
      await once(async () => {
        await markRead(tx, reader, which, now());
        return true;
      });
      return unreadOf(tx, reader);
    },

    async setSignalPreferences({ viewer, tx, input: { off }, once }) {
      requireSignalReader(viewer, node, divisions);
      await once(async () => {
        await saveOff(tx, viewer, [...new Set(off)]);
        return true;
      });
      return { off: await findOff(tx, viewer) };
    },
  };
}

/**
 * The number a reader goes on behind. A cursor of another incarnation, or beyond the last number, comes from before the
 * database was restored: the reader begins again.
 * @throws {ProblemError} BAD_INPUT
 */
async function placeAfter(queries: NodeQueries, life: number, cursor: string): Promise<number> {
  const [given, seq] = decode(cursor, 'after');
  return given === life && seq <= (await findHead(queries)) ? seq : 0;
}

/** The number up to which all are marked; 0 for a cursor of another incarnation. @throws {ProblemError} BAD_INPUT */
function numberOf(life: number, cursor: string | null): number {
  const [given, seq] = decode(cursor ?? '', 'upTo');
  return given === life ? seq : 0;
}

const encode = (life: number, seq: number) => cursorOf(JSON.stringify([life, seq]));

/** @throws {ProblemError} BAD_INPUT */
function decode(cursor: string, field: 'after' | 'upTo'): [life: number, seq: number] {
  const { data } = cursorSchema.safeParse(placesOf(cursor, field));
  if (data) return data;
  throw noCursor(field);
}

function shown(
  node: DivisionCode,
  { id, kind, at, caseId, number, item, meeting, sub, dueAt, readAt }: NumberedSignal,
): SignalView {
  return {
    id,
    node,
    kind,
    at,
    caseId,
    number,
    item,
    meeting,
    personal: sub !== null,
    due: dueAt && dayOf(dueAt),
    readAt,
  };
}
