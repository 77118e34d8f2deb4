import { randomUUID } from 'node:crypto';
import type { AnswerState, AskedOpinion, OpinionNotice, PartyWord } from '@liandong/schema/domains/joint';
import type { FormEntry } from '@liandong/schema/domains/catalogue';
import type { Material } from '@liandong/schema/case';
import { formEntrySchema } from '@liandong/schema/domains/catalogue';
import { materialSchema } from '@liandong/schema/case';
import { opinionNoticeSchema, partyWordSchema, requestStateOf, withOwnWords } from '@liandong/schema/domains/joint';
import { z } from 'zod';
import type { NodeQueries, NodeReader, RowOf, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { payloadOf } from '../trust/index.ts';
import { opinionRequestsTable, opinionWordsTable } from './tables.ts';

/** A question to a department of this node, as stored. */
export interface StoredOpinionRequest {
  /** The lead's last notice, with this desk's own words on top. */
  asked: AskedOpinion;
  /** The lead's last notice, and how far its log went. */
  notice: OpinionNotice;
  applicant: string | null;
  form: FormEntry[];
  materials: Material[];
  /** The signed log as it came with the question; null if the case itself is here. */
  lines: string[] | null;
  limit: Date | null;
  /** This node's signed word that it has the question; null if the node asked itself. */
  word: string | null;
  /** The words this desk signed, oldest first. */
  words: SaidWord[];
  /** When the shown materials were removed; null while they are here. */
  removedAt: Date | null;
}

export interface SaidWord extends Pick<RowOf<typeof opinionWordsTable>, 'state' | 'code' | 'reason'> {
  word: PartyWord;
  jws: string;
}

/** The new parts of a question when it comes. */
export type NewOpinionRequest = Omit<StoredOpinionRequest, 'asked' | 'words' | 'removedAt'> & {
  asked: Pick<AskedOpinion, 'number' | 'item' | 'leadNode' | 'lead'>;
};

type Row = RowOf<typeof opinionRequestsTable>;

const COLUMNS = opinionRequestsTable.selectAll('r');

/** Stores a question. If it comes again, it replaces the stored one, except the word on it. */
export async function saveRequest(tx: SharedTx, made: NewOpinionRequest): Promise<void> {
  const { notice, asked, applicant, form, materials, lines, limit, word } = made;
  const { standing, opened } = notice;
  const row: Row = {
    ...asked,
    caseId: notice.case,
    party: standing.number,
    opened,
    department: standing.department,
    applicant,
    form: JSON.stringify(form),
    materials: JSON.stringify(materials),
    lines: lines && JSON.stringify(lines),
    limitAt: limit,
    notice: JSON.stringify(notice),
    dueAt: standing.dueAt,
    waiting: requestStateOf({ party: standing, state: notice.state }) === 'WAITING',
    word,
    removedAt: null,
  };
  await insert(
    tx,
    opinionRequestsTable,
    [row],
    `ON CONFLICT (node, case_id, party) DO UPDATE SET opened = excluded.opened, lead_node = excluded.lead_node,
       applicant = excluded.applicant, form = excluded.form, removed_at = NULL,
       materials = excluded.materials, lines = excluded.lines, limit_at = excluded.limit_at, notice = excluded.notice,
       due_at = excluded.due_at, waiting = excluded.waiting, word = excluded.word`,
  );
}

/** Stores the lead's latest notice on a party. */
export async function saveNotice(tx: SharedTx, notice: OpinionNotice): Promise<void> {
  await tx.query(`UPDATE opinion_requests SET notice = $4 WHERE node = $1 AND case_id = $2 AND party = $3`, [
    notice.case,
    notice.standing.number,
    JSON.stringify(notice),
  ]);
  await recount(tx, notice.case, notice.standing.number);
}

/** Stores a word that a department of this node signed, on its way to the lead. */
export async function saveWord(tx: SharedTx, word: PartyWord, jws: string): Promise<void> {
  const { case: caseId, party, at } = word;
  const said = { id: randomUUID(), caseId, party, saidAt: new Date(at), word: jws };
  await insert(tx, opinionWordsTable, [{ ...said, state: 'SENT', code: null, reason: null }]);
  await recount(tx, caseId, party);
}

/** Stores the result of a signed word at the lead. */
export async function settleWord(
  tx: SharedTx,
  { case: caseId, answer }: { case: string; answer: string },
  became: { state: AnswerState; code: string | null; reason: string | null },
): Promise<void> {
  const rows = await tx.query<{ party: number }>(
    `UPDATE opinion_words SET state = $4, code = $5, reason = $6
     WHERE node = $1 AND case_id = $2 AND word = $3 RETURNING party`,
    [caseId, answer, became.state, became.code, became.reason],
  );
  for (const { party } of rows) await recount(tx, caseId, party);
}

/** Updates the list's columns from the notice and the desk's own words. */
async function recount(tx: SharedTx, caseId: string, party: number): Promise<void> {
  const found = await findRequest(tx, caseId, party);
  if (!found) return;
  const { asked } = found;
  await tx.query(
    `UPDATE opinion_requests SET due_at = $4, waiting = $5 WHERE node = $1 AND case_id = $2 AND party = $3`,
    [caseId, party, asked.party.dueAt, requestStateOf(asked) === 'WAITING'],
  );
}

/** One question; null if this node was not asked. */
export async function findRequest(
  queries: NodeQueries,
  caseId: string,
  party: number,
): Promise<StoredOpinionRequest | null> {
  const rows = await queries.query<Row>(
    `SELECT ${COLUMNS} FROM opinion_requests r WHERE node = $1 AND case_id = $2 AND party = $3`,
    [caseId, party],
  );
  return (await assemble(queries, rows))[0] ?? null;
}

/** Number and item of a case on which a department of this node was asked; null if none was. */
export async function findQuestionAsked(
  queries: NodeQueries,
  caseId: string,
): Promise<{ number: string; item: string } | null> {
  const [row] = await queries.query<{ number: string; item: string }>(
    `SELECT number, item FROM opinion_requests WHERE node = $1 AND case_id = $2 AND waiting LIMIT 1`,
    [caseId],
  );
  return row ?? null;
}

/** As {@link findRequest}, locked until the transaction ends. */
export async function lockRequest(tx: SharedTx, caseId: string, party: number): Promise<StoredOpinionRequest | null> {
  await tx.query(`SELECT 1 FROM opinion_requests WHERE node = $1 AND case_id = $2 AND party = $3 FOR UPDATE`, [
    caseId,
    party,
  ]);
  return findRequest(tx, caseId, party);
}

/** Where the list continues. */
export interface RequestCursor {
  dueAt: Date;
  caseId: string;
  party: number;
}

export interface RequestFilter {
  waiting: boolean;
  /** Null for those of all departments. */
  department: string | null;
  /** Only those that another node leads. */
  elsewhere: boolean;
}

/**
 * Questions by their deadline: the open ones, the earliest first, or the settled ones, the latest first.
 */
export async function listRequests(
  queries: NodeQueries,
  { waiting, department, elsewhere }: RequestFilter,
  limit: number,
  after: RequestCursor | null,
): Promise<StoredOpinionRequest[]> {
  const [open, beyond, way] = waiting ? ['', '>', 'ASC'] : ['NOT', '<', 'DESC'];
  const rows = await queries.query<Row>(
    `SELECT ${COLUMNS} FROM opinion_requests r
     WHERE node = $1 AND ${open} waiting AND ($2::text IS NULL OR department = $2) ${elsewhere ? 'AND lead_node <> $1' : ''}
       AND ($3::timestamptz IS NULL OR (due_at, case_id, party) ${beyond} ($3, $4, $5))
     ORDER BY due_at ${way}, case_id ${way}, party ${way} LIMIT $6`,
    [department, after?.dueAt ?? null, after?.caseId ?? null, after?.party ?? null, limit],
  );
  return assemble(queries, rows);
}

/** The logs that came with the questions of one lead, to give them back. */
export async function findLogsOf(queries: NodeQueries, lead: string): Promise<{ caseId: string; lines: string[] }[]> {
  const rows = await queries.query<{ case_id: string; lines: string }>(
    `SELECT DISTINCT case_id, lines FROM opinion_requests WHERE node = $1 AND lead_node = $2 AND lines IS NOT NULL`,
    [lead],
  );
  return rows.map((row) => ({ caseId: row.case_id, lines: z.array(z.string()).parse(JSON.parse(row.lines)) }));
}

/** Another node's question that is settled, and what it showed. */
export interface OverQuestion {
  notice: OpinionNotice;
  materials: Material[];
}

/** Other nodes' questions that no node waits for any more, and whose materials are still here. */
export async function listOver({ reads }: NodeReader): Promise<OverQuestion[]> {
  const rows = await reads.opinionRequest.findMany({
    where: { removedAt: null, lines: { not: null }, waiting: false },
    select: { notice: true, materials: true },
  });
  return rows.map(({ notice, materials }) => ({
    notice: opinionNoticeSchema.parse(JSON.parse(notice)),
    materials: z.array(materialSchema).parse(JSON.parse(materials)),
  }));
}

/** Removes the applicant and the form from a question; the question itself stays. */
export async function emptyRequest(tx: SharedTx, { notice }: OverQuestion, at: Date): Promise<void> {
  const { number } = notice.standing;
  const form = tx.vault.seal('opinion_requests.form', `${notice.case}/${number}`, JSON.stringify([]));
  await tx.query(
    `UPDATE opinion_requests SET applicant = NULL, form = $4, removed_at = $5
     WHERE node = $1 AND case_id = $2 AND party = $3`,
    [notice.case, number, form, at],
  );
}

/** Those of the digests that another question or a form for several items here still needs. */
export async function shownElsewhere(tx: SharedTx, digests: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ digest: string }>(
    `SELECT digest FROM unnest($2::text[]) AS d (digest)
     WHERE EXISTS (SELECT 1 FROM opinion_requests r
         WHERE r.node = $1 AND r.removed_at IS NULL AND strpos(r.materials, digest) > 0)
       OR EXISTS (SELECT 1 FROM bundles b WHERE b.node = $1 AND strpos(b.materials::text, digest) > 0)`,
    [digests],
  );
  return rows.map((row) => row.digest);
}

async function assemble(queries: NodeQueries, rows: readonly Row[]): Promise<StoredOpinionRequest[]> {
  const said = await wordsOf(
    queries,
    rows.filter((row) => row.lines !== null).map((row) => row.caseId),
  );
  return (await opened(queries, opinionRequestsTable, rows)).map((row) => {
    const { caseId, number, item, leadNode, lead, limitAt: limit, applicant, word, removedAt } = row;
    const words = said.filter(({ word }) => word.opened === row.opened && word.party === row.party);
    const notice = opinionNoticeSchema.parse(JSON.parse(row.notice));
    const standing = withOwnWords(
      { party: notice.standing, visit: notice.visit },
      words.filter((w) => w.state !== 'REFUSED'),
    );
    return {
      asked: {
        case: caseId,
        number,
        item,
        opened: row.opened,
        leadNode,
        lead,
        ...standing,
        state: notice.state,
        limit,
      },
      notice,
      applicant,
      limit,
      word,
      words,
      removedAt,
      form: z.array(formEntrySchema).parse(JSON.parse(row.form)),
      materials: z.array(materialSchema).parse(JSON.parse(row.materials)),
      lines: row.lines === null ? null : z.array(z.string()).parse(JSON.parse(row.lines)),
    };
  });
}

async function wordsOf(queries: NodeQueries, cases: readonly string[]): Promise<SaidWord[]> {
  if (cases.length === 0) return [];
  const rows = await queries.query<Omit<SaidWord, 'jws' | 'word'> & { word: string }>(
    `SELECT word, state, code, reason FROM opinion_words WHERE node = $1 AND case_id = ANY ($2) ORDER BY said_at, id`,
    [cases],
  );
  return rows.map(({ word: jws, state, code, reason }) => {
    return { word: partyWordSchema.parse(payloadOf(jws)), jws, state, code, reason };
  });
}
