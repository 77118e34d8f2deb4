import { describe, expect, test } from 'vitest';
import type { LogAction } from '../case/log-words.ts';
import { LOG_ACTIONS } from '../case/log-words.ts';
import { MESSAGE_KINDS } from './envelope.ts';
import type { Role } from '../kernel/words.ts';
import type { Since } from './protocol.ts';
import { FIRST_PROTOCOL, PROTOCOL, SINCE, protocolOf } from './protocol.ts';

const none = () => ({ actions: [], posts: [], answers: false, largest: 0, late: false });
const lines =
  (...actions: LogAction[]) =>
  () => ({ actions, posts: [], answers: false, largest: 0, late: false });
const file = (mebibytes: number) => () => ({
  actions: [],
  posts: [],
  answers: false,
  largest: mebibytes * 1024 * 1024,
  late: false,
});

describe('the version a receiver must know', () => {
  test('is the first for every kind of message that is not named, and the named one else', () => {
    for (const kind of MESSAGE_KINDS) expect(protocolOf(kind, none)).toBe(SINCE.messages[kind] ?? FIRST_PROTOCOL);
    expect(protocolOf('CASE_NOTE', none)).toBe(2);
  });

  test('is that of the newest line a dossier or an echo holds', () => {
    const since: Since = {
      messages: {},
      lines: { RATED: 3, CLOSED: 4 },
      posts: {},
      answers: 1,
      largeMaterials: 1,
      lateFilings: 1,
    };
    expect(protocolOf('ECHO', lines('FILED', 'RATED'), since)).toBe(3);
    expect(protocolOf('DOSSIER', lines('CLOSED', 'RATED'), since)).toBe(4);
    expect(protocolOf('ECHO', lines('FILED'), since)).toBe(FIRST_PROTOCOL);
    expect(protocolOf('OPINION_REQUEST', lines('CLOSED'), since)).toBe(4);
    expect(protocolOf('RATING', lines('RATED'), since)).toBe(FIRST_PROTOCOL);
  });

  test('is the fourth for what a deputy head wrote: an older program does not know the post', () => {
    const by = (...posts: Role[]) => ({ actions: [], posts, answers: false, largest: 0, late: false });
    for (const kind of ['DOSSIER', 'ECHO', 'OPINION_REQUEST', 'CASE_NOTE'] as const) {
      expect(protocolOf(kind, () => by('CLERK', 'DEPUTY_HEAD'))).toBe(4);
      expect(protocolOf(kind, () => by('CLERK', 'HEAD'))).toBeLessThan(4);
    }
  });

  test('is the fourth for a case that is answered, which an older program would accept', () => {
    const answered = () => ({ actions: ['FILED' as const], posts: [], answers: true, largest: 0, late: false });
    expect(protocolOf('DOSSIER', answered)).toBe(4);
    expect(protocolOf('DOSSIER', lines('FILED'))).toBe(FIRST_PROTOCOL);
  });

  test('is the third for a material above 10 MiB and the dossier that names it; an echo brings none', () => {
    for (const kind of ['DOSSIER', 'MATERIAL'] as const) {
      expect(protocolOf(kind, file(10))).toBe(FIRST_PROTOCOL);
      expect(protocolOf(kind, file(10.1))).toBe(3);
    }
    expect(protocolOf('ECHO', file(20))).toBe(FIRST_PROTOCOL);
  });

  test('is the fourth for lines of a case that was filed late', () => {
    const late = () => ({ ...none(), actions: ['FILED' as const], late: true });
    expect(protocolOf('DOSSIER', late)).toBe(4);
    expect(protocolOf('ECHO', late)).toBe(4);
    expect(protocolOf('DOSSIER', lines('FILED'))).toBe(FIRST_PROTOCOL);
  });

  test('is never beyond what this program says it knows', () => {
    const { messages, lines: byLine, posts } = SINCE;
    const named = [messages, byLine, posts]
      .flatMap((since) => Object.values(since))
      .concat(SINCE.answers, SINCE.largeMaterials, SINCE.lateFilings);
    expect(Math.max(...named)).toBe(PROTOCOL);
    expect(Object.keys(SINCE.lines).filter((action) => !LOG_ACTIONS.some((known) => known === action))).toEqual([]);
  });
});
