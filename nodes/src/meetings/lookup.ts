import type { MeetingLookup } from '@liandong/schema/domains/meetings';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { isMeetingReader } from '@liandong/schema/domains/meetings';
import type { NodeReader } from '../db/index.ts';
import { findMeetingsOf } from './meeting-store.ts';

/** The meetings of this desk that a case was on. */
export function meetingLookup(node: DivisionCode, queries: NodeReader, divisions: Divisions): MeetingLookup {
  return {
    ofCase: async (viewer, id) =>
      viewer && isMeetingReader(viewer, node, divisions) ? findMeetingsOf(queries, id) : null,
  };
}
