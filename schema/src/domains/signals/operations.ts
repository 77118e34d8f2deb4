import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { domain } from '../../operation/domain.ts';
import { wordOf } from '../../operation/fields.ts';
import { mutation, pageOf, query } from '../../operation/operation.ts';
import { VIEWERS_DESK } from '../../operation/route.ts';
import { Signal, SignalPreferences, UnreadSignals } from './views.ts';
import { SIGNAL_KIND, SIGNAL_KINDS } from './words.ts';

/** Most signals marked by their ids at once. */
const MOST_IDS = 200;

const own = { by: 'READ_SIGNALS', article: ARTICLES.postDuties } as const;

/**
 * In the order of their numbers, so that a reader goes on behind the last cursor and misses none. A cursor of a database
 * that was restored since begins again with everything unread.
 * @throws {ProblemError} FORBIDDEN, BAD_INPUT
 */
export const signalList = query('signals', {
  ...own,
  zh: '提醒',
  about: "the viewer's own signals, their desk's, and those of people they stand in for, the oldest first.",
  input: {
    unread: z
      .boolean()
      .nullish()
      .transform((v) => v ?? true)
      .meta({ filledIn: true, description: 'Without those the viewer has read.' }),
  },
  route: VIEWERS_DESK,
  answer: pageOf(Signal),
});

/** @throws {ProblemError} FORBIDDEN */
export const unreadSignals = query('unreadSignals', {
  ...own,
  zh: '未读提醒',
  about: 'how many signals the viewer has not read, up to 1,000, and the cursor behind which later ones come.',
  input: {},
  route: VIEWERS_DESK,
  answer: UnreadSignals,
});

/** @throws {ProblemError} FORBIDDEN */
export const signalPreferences = query('signalPreferences', {
  ...own,
  zh: '提醒设置',
  about: 'the kinds of signals the viewer has turned off.',
  input: {},
  route: VIEWERS_DESK,
  answer: SignalPreferences,
});

/**
 * A signal to the whole desk is read for each of its people apart. One that is gone, or another's, changes nothing.
 * @throws {ProblemError} FORBIDDEN, BAD_INPUT
 */
export const markSignalsRead = mutation('markSignalsRead', {
  ...own,
  zh: '提醒已读',
  about: 'marks signals as read by the viewer: some by their ids, or all up to a cursor.',
  input: {
    ids: z
      .array(z.uuid().meta({ scalar: 'ID' }))
      .min(1)
      .max(MOST_IDS)
      .nullish()
      .transform((v) => v ?? null),
    upTo: z
      .string()
      .max(200)
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: 'A cursor of `signals` or `unreadSignals`.' }),
  },
  check: (input) =>
    input.refine(({ ids, upTo }) => (ids === null) !== (upTo === null), {
      path: ['ids'],
      message: 'give either ids or upTo',
    }),
  answer: UnreadSignals,
});

/** @throws {ProblemError} FORBIDDEN */
export const setSignalPreferences = mutation('setSignalPreferences', {
  ...own,
  zh: '设置提醒',
  about: 'turns kinds of signals off for the viewer, also those that came before; all others are on.',
  input: { off: z.array(wordOf(SIGNAL_KIND)).max(SIGNAL_KINDS.length) },
  answer: SignalPreferences,
});

/** 提醒: what happened that a person or desk should know, kept until it is read. */
export const signals = domain('signals', {
  zh: '提醒',
  role: 'handling',
  operations: { signals: signalList, unreadSignals, signalPreferences, markSignalsRead, setSignalPreferences },
});
