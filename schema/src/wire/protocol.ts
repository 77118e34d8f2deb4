import type { LogAction } from '../case/log-words.ts';
import type { Role } from '../kernel/words.ts';
import type { MessageKind } from './envelope.ts';

/**
 * 协议版本 of messages between hosts. A host states its newest version in each envelope and receipt; without a statement it
 * is the first version. During an upgrade old and new hosts work side by side: a message that an old host can't read
 * waits for its upgrade.
 */
export const PROTOCOL = 4;
/** Before hosts said which they know. */
export const FIRST_PROTOCOL = 1;

/** The version that introduced a kind of message or of line; kinds not listed are in the first version. */
export interface Since {
  messages: Readonly<Partial<Record<MessageKind, number>>>;
  lines: Readonly<Partial<Record<LogAction, number>>>;
  /** Posts of the people who wrote a line or a note; a program that does not know the post can't read what they wrote. */
  posts: Readonly<Partial<Record<Role, number>>>;
  /** Cases that are answered: an older program would accept them. */
  answers: number;
  /** Materials above 10 MiB. */
  largeMaterials: number;
  /** 补录: a `FILED` line with the time its desk received the application, from which limits run. */
  lateFilings: number;
}
/** A new kind is named here in the change that brings it, with {@link PROTOCOL} one higher. */
export const SINCE: Since = {
  messages: { CASE_NOTE: 2, ENQUIRY_REFERRED: 4, ENQUIRY_ANSWERED: 4, FORM_WANTED: 4, FORM_PART: 4 },
  lines: {
    MATERIALS_ARRANGED: 3,
    APPLICATION_CORRECTED: 3,
    ANSWERED: 4,
    REPORTED: 4,
    REPORT_PROGRESSED: 4,
    REPORT_DECIDED: 4,
    PARTY_REMINDED: 4,
  },
  posts: { DEPUTY_HEAD: 4 },
  answers: 4,
  largeMaterials: 3,
  lateFilings: 4,
};

/** Largest material that hosts of the first version take, bytes. */
const FIRST_LARGEST = 10 * 1024 * 1024;

/** What a message carries that an old host may not take. */
export interface Carried {
  /** Actions of the lines in it. */
  actions: readonly LogAction[];
  /** Posts of those who wrote the lines, or the note. */
  posts: readonly Role[];
  /** Whether one of the lines takes in a case that is answered. */
  answers: boolean;
  /** Bytes of the largest material that goes with it; 0 for none. */
  largest: number;
  /** Whether a line of it files late. */
  late: boolean;
}

/** Kinds of messages that carry lines of a log, a note, or materials. */
const WITH_CONTENT: readonly MessageKind[] = [
  'DOSSIER',
  'ECHO',
  'MATERIAL',
  'DATA_REQUEST',
  'OPINION_REQUEST',
  'CASE_NOTE',
];

/**
 * The version a receiver must know to take a message.
 * @param carried called only for kinds that carry something
 */
export function protocolOf(kind: MessageKind, carried: () => Carried, since: Since = SINCE): number {
  const own = since.messages[kind] ?? FIRST_PROTOCOL;
  if (!WITH_CONTENT.includes(kind)) return own;
  const { actions, posts, answers, largest, late } = carried();
  // an echo and a request for data name materials and bring none
  const brings = kind === 'DOSSIER' || kind === 'MATERIAL';
  const bytes = brings && largest > FIRST_LARGEST ? since.largeMaterials : FIRST_PROTOCOL;
  const ofLines = actions.map((action) => since.lines[action] ?? FIRST_PROTOCOL);
  const ofPosts = posts.map((post) => since.posts[post] ?? FIRST_PROTOCOL);
  const receipt = late ? since.lateFilings : FIRST_PROTOCOL;
  const answer = answers ? since.answers : FIRST_PROTOCOL;
  return Math.max(own, bytes, receipt, answer, ...ofLines, ...ofPosts);
}
