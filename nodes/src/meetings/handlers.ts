import { randomUUID } from 'node:crypto';
import type { meetings, Meeting, MeetingView } from '@liandong/schema/domains/meetings';
import {
  attended,
  cancelled,
  departmentSeen,
  finishedTask,
  givenTask,
  meetingView,
  openItem,
  planned,
  putOn,
  requireMeetingReader,
  requireOfMeeting,
  resolved,
  seesMeeting,
  taskView,
} from '@liandong/schema/domains/meetings';
import { meetingSignals, taskSignals } from '@liandong/schema/domains/signals';
import { dayOf } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { z } from 'zod';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';
import type { MeetingParts } from './agenda.ts';
import { discussed, questionOf } from './agenda.ts';
import { closed } from './closing.ts';
import type { StoredMeeting } from './meeting-store.ts';
import {
  dropItem,
  findDeferred,
  getMeeting,
  listMeetings,
  lockMeeting,
  saveItem,
  saveMeeting,
} from './meeting-store.ts';
import { findOpenTasks, lockTask, saveTask } from './task-store.ts';

/** Most tasks and items of one answer. */
const MOST = 500;
const cursorSchema = z.tuple([z.iso.date(), z.uuid()]);

/** 会议 at one node: planned, recorded and closed by its own people; needs no other node. */
export function meetingHandlers(parts: MeetingParts): NodeHandlers<typeof meetings> {
  const { node, divisions, signals, now } = parts;
  const change = changer(parts);
  return {
    async meetings({ viewer, queries, input: { from, until, state }, page }) {
      requireMeetingReader(viewer, node, divisions);
      const after = page.after === null ? null : placeAfter(page.after);
      const filter = { from, until, state, department: departmentSeen(viewer), person: viewer };
      const found = await listMeetings(queries, filter, after, page.first + 1);
      const listed = found.slice(0, page.first);
      return {
        nodes: listed.map((one) => meetingView(one, node, dayOf(now()))),
        cursors: listed.map(({ day, id }) => cursorOf(JSON.stringify([day, id]))),
        hasNextPage: found.length > page.first,
        hasPreviousPage: after !== null,
      };
    },

    async meeting({ viewer, queries, input: { id } }) {
      requireMeetingReader(viewer, node, divisions);
      const found = await getMeeting(queries, id);
      if (!seesMeeting(viewer, found)) requireOfMeeting(viewer, found);
      return meetingView(found, node, dayOf(now()));
    },

    async meetingTasks({ viewer, queries }) {
      requireMeetingReader(viewer, node, divisions);
      const seen = { department: departmentSeen(viewer), person: viewer };
      return (await findOpenTasks(queries, seen, MOST)).map((task) => taskView(task, node, dayOf(now())));
    },

    async deferredItems({ viewer, queries }) {
      requireMeetingReader(viewer, node, divisions);
      const asked = { caseId: null, department: departmentSeen(viewer), limit: MOST };
      return (await findDeferred(queries, asked)).map((item) => ({ ...item, division: node }));
    },

    async planMeeting({ viewer, tx, input, once }) {
      const id = await once(async () => {
        const meeting = planned(input, viewer, now(), randomUUID());
        await saveMeeting(tx, meeting, { lastItem: 0, serial: null });
        await signals.write(tx, meetingSignals(meeting, 'MEETING_CALLED', viewer.sub, now()));
        return meeting.id;
      });
      return meetingView(await getMeeting(tx, id), node, dayOf(now()));
    },

    putOnAgenda: ({ viewer, tx, input: { meeting, case: id, question }, once }) =>
      change({ viewer, tx, once, meeting }, async (stored) => {
        const about = await discussed(parts, tx, viewer, id);
        const number = stored.lastItem + 1;
        const item = putOn(stored, about, await questionOf(tx, about, question), number);
        await saveMeeting(tx, stored, { lastItem: number, serial: null });
        await saveItem(tx, stored.id, item);
      }),

    takeOffAgenda: ({ viewer, tx, input: { meeting, agendaItem }, once }) =>
      change({ viewer, tx, once, meeting }, (stored) => dropItem(tx, stored.id, openItem(stored, agendaItem).number)),

    recordAttendance: ({ viewer, tx, input: { meeting, attendance }, once }) =>
      change({ viewer, tx, once, meeting }, (stored) =>
        saveMeeting(tx, attended(stored, attendance, now()), { lastItem: stored.lastItem, serial: null }),
      ),

    recordOutcome: ({ viewer, tx, input: { meeting, agendaItem, outcome, reason, conditions }, once }) =>
      change({ viewer, tx, once, meeting }, (stored) =>
        saveItem(tx, stored.id, resolved(stored, agendaItem, { outcome, reason, conditions }, now())),
      ),

    giveTask: ({ viewer, tx, input: { meeting, ...asked }, once }) =>
      change({ viewer, tx, once, meeting }, async (stored) => {
        const task = givenTask(stored, asked, viewer, now(), randomUUID());
        await saveTask(tx, task);
        await signals.write(tx, taskSignals(task, viewer.sub));
      }),

    async finishTask({ viewer, tx, input: { task: id, result }, once }) {
      await once(async () => {
        const task = await lockTask(tx, id);
        const meeting = await getMeeting(tx, task.meeting);
        await saveTask(tx, finishedTask(meeting, task, viewer, result, now()));
        return true;
      });
      return taskView(await lockTask(tx, id), node, dayOf(now()));
    },

    closeMeeting: ({ viewer, tx, input: { meeting }, once }) =>
      change({ viewer, tx, once, meeting }, async (stored) => {
        const { serial, ...held } = await closed(parts, tx, stored, viewer);
        await saveMeeting(tx, held.meeting, { lastItem: stored.lastItem, serial });
      }),

    cancelMeeting: ({ viewer, tx, input: { meeting, reason }, once }) =>
      change({ viewer, tx, once, meeting }, async (stored) => {
        const ended = cancelled(stored, reason, viewer.name, now());
        await saveMeeting(tx, ended, { lastItem: stored.lastItem, serial: null });
        await signals.write(tx, meetingSignals(ended, 'MEETING_CANCELLED', viewer.sub, now()));
      }),
  };
}

interface Change {
  viewer: Viewer;
  tx: SharedTx;
  meeting: string;
  once: (work: () => Promise<true>) => Promise<true>;
}

/** Returns how a meeting is changed: locked, once under its key, by people of the meeting; and shown as it is then. */
function changer({ node, now }: MeetingParts) {
  return async (
    { viewer, tx, meeting: id, once }: Change,
    work: (stored: StoredMeeting) => Promise<unknown>,
  ): Promise<MeetingView> => {
    await once(async () => {
      const stored = await lockMeeting(tx, id);
      requireOfMeeting(viewer, stored);
      await work(stored);
      return true;
    });
    const shown: Meeting = await getMeeting(tx, id);
    return meetingView(shown, node, dayOf(now()));
  };
}

/** @throws {ProblemError} BAD_INPUT */
function placeAfter(cursor: string): readonly [day: string, id: string] {
  const { data } = cursorSchema.safeParse(placesOf(cursor));
  if (data) return data;
  throw noCursor();
}
