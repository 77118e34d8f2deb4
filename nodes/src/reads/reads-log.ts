import { currentTrace } from '@liandong/runtime';
import type { PersonalDataRead, ReadsLog } from '@liandong/schema/domains/reads';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { HostDb, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { ReadRow } from './tables.ts';
import { personalDataReadsTable } from './tables.ts';

/**
 * The log of who read personal data at a node (个人信息查阅日志, 个人信息保护法 Art. 51, 54). A line is durable before the answer goes
 * out; the database refuses to change or remove a line.
 */
export function readsLog({ node, db, now }: { node: DivisionCode; db: HostDb; now: () => Date }): ReadsLog {
  return {
    async note({ sub, name, division, roles }, question, reads): Promise<void> {
      const reader = { person: sub, personName: name, division, roles };
      // keyed lookups are parts of a query about cases
      const asked = { question: question.startsWith('_') ? 'case' : question };
      await db.transact(node, (tx) => write(tx, { ...reader, ...asked, at: now() }, bySubject(reads)));
    },
  };
}

/** The person who reads with a command on the host, and the reason. */
export interface CommandReader {
  /** The login at the operating system. A person who may run commands there may also use another name. */
  login: string;
  name: string;
  /** The command's words: `case export`. */
  command: string;
  purpose: string;
}

/** Records what a command is about to show. Only after that may it be shown. */
export async function noteCommandRead(
  db: HostDb,
  node: DivisionCode,
  { login, name, command, purpose }: CommandReader,
  { kind, subject, fields }: { kind: 'CASE' | 'MESSAGE'; subject: string; fields: string[] },
  at: Date,
): Promise<void> {
  const reader = { person: `os:${login}`, personName: name, division: node, roles: [] };
  const line = { subjectKind: kind, subject, fields, masked: false, purpose };
  await db.transact(node, (tx) => write(tx, { ...reader, question: command, at }, [line]));
}

/** Records what a person reads for a purpose they state. Only after that may it be shown. */
export async function notePurposedRead(
  db: HostDb,
  node: DivisionCode,
  asked: PurposedQuestion,
  read: { kind: 'CASE' | 'MESSAGE'; subject: string; fields: string[] },
  at: Date,
): Promise<void> {
  await db.transact(node, (tx) => notePurposedReads(tx, asked, [{ ...read, masked: false }], at));
}

/** A question, and the purpose its person states. */
export interface PurposedQuestion {
  viewer: Viewer;
  question: string;
  purpose: string;
}

/** Records several reads for one purpose within a transaction; a search is a read as well. */
export async function notePurposedReads(
  tx: SharedTx,
  { viewer, question, purpose }: PurposedQuestion,
  reads: readonly { kind: ReadRow['subjectKind']; subject: string; fields: readonly string[]; masked: boolean }[],
  at: Date,
): Promise<void> {
  const { sub, name, division, roles } = viewer;
  const reader = { person: sub, personName: name, division, roles };
  const lines = reads.map(({ kind, ...read }) => ({ subjectKind: kind, ...read, purpose }));
  await write(tx, { ...reader, question, at }, lines);
}

type Line = Pick<ReadRow, 'subjectKind' | 'subject' | 'fields' | 'masked' | 'purpose'>;

async function write(
  tx: SharedTx,
  asked: Omit<ReadRow, keyof Line | 'id' | 'trace'>,
  lines: readonly Line[],
): Promise<void> {
  const trace = currentTrace();
  await insert(
    tx,
    personalDataReadsTable,
    lines.map((line) => ({ ...asked, ...line, trace })),
  );
}

/** One line for each case or enquiry and purpose, with all of its data that is shown. */
function bySubject(reads: readonly PersonalDataRead[]): Line[] {
  const lines = new Map<string, Line & { fields: string[] }>();
  for (const { kind, subject, field, masked, purpose } of reads) {
    const key = `${kind} ${subject} ${masked} ${purpose ?? ''}`;
    const line = lines.get(key) ?? { subjectKind: kind, subject, masked, purpose, fields: [] };
    if (!line.fields.includes(field)) line.fields.push(field);
    lines.set(key, line);
  }
  return [...lines.values()];
}
