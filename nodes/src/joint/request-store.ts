import { randomUUID } from 'node:crypto';
import type { AnswerState, AskedOpinion, OpinionNotice, PartyWord } from '@liandong/schema/domains/joint';
import type { FormEntry } from '@liandong/schema/domains/catalogue';
import type { Material } from '@liandong/schema/case';
import { formEntrySchema } from '@liandong/schema/domains/catalogue';
import { materialSchema } from '@liandong/schema/case';
import { opinionNoticeSchema, partyWordSchema, requestStateOf, withOwnWords } from '@liandong/schema/domains/joint';
import { z } from 'zod';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { payloadOf } from '../trust/index.ts';

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

export interface SaidWord {
  word: PartyWord;
  jws: string;
  state: AnswerState;
  code: string | null;
  reason: string | null;
}

/** The new parts of a question when it comes. */
export type NewOpinionRequest = Omit<StoredOpinionRequest, 'asked' | 'words' | 'removedAt'> & {
  asked: Pick<AskedOpinion, 'number' | 'item' | 'leadNode' | 'lead'>;
};

interface Row {
  case_id: string;
  party: number;
  opened: string;
  lead_node: string;
  lead: string;
  number: string;
  item: string;
  applicant: string | null;
  form: string;
  materials: string;
  lines: string | null;
  limit_at: Date | null;
  notice: string;
  word: string | null;
  removed_at: Date | null;
}

interface WordRow {
  case_id: string;
  party: number;
  word: string;
  state: AnswerState;
  code: string | null;
  reason: string | null;
}

const COLUMNS = `case_id, party, opened, lead_node, lead, number, item, applicant, form, materials, lines, limit_at,
  notice, word, removed_at`;

/** Stores a question. If it comes again, it replaces the stored one, except the word on it. */
export async function saveRequest(tx: SharedTx, made: NewOpinionRequest): Promise<void> {
  const { notice, asked, applicant, form, materials, lines, limit, word } = made;
  const { standing, opened } = notice;
  const place = placeOf(notice.case, standing.number);
  await tx.query(
    `INSERT INTO opinion_requests (node, case_id, party, opened, lead_node, lead, department, number, item, applicant,
       form, materials, lines, limit_at, notice, due_at, waiting, word)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
     ON CONFLICT (node, case_id, party) DO UPDATE SET opened = excluded.opened, lead_node = excluded.lead_node,
       applicant = excluded.applicant, form = excluded.form, removed_at = NULL,
       materials = excluded.materials, lines = excluded.lines, limit_at = excluded.limit_at, notice = excluded.notice,
       due_at = excluded.due_at, waiting = excluded.waiting, word = excluded.word`,
    [
      notice.case,
      standing.number,
      opened,
      asked.leadNode,
      asked.lead,
      standing.department,
      asked.number,
      asked.item,
      applicant === null ? null : tx.vault.seal('opinion_requests.applicant', place, applicant),
      tx.vault.seal('opinion_requests.form', place, JSON.stringify(form)),
      JSON.stringify(materials),
      lines === null ? null : JSON.stringify(lines),
      limit,
      JSON.stringify(notice),
      standing.dueAt,
      requestStateOf({ party: standing, state: notice.state }) === 'WAITING',
      word,
    ],
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
  await tx.query(
    `INSERT INTO opinion_words (node, id, case_id, party, said_at, word, state)
     VALUES ($1, $2, $3, $4, $5, $6, 'SENT')`,
    [randomUUID(), word.case, word.party, word.at, jws],
  );
  await recount(tx, word.case, word.party);
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
    `SELECT ${COLUMNS} FROM opinion_requests WHERE node = $1 AND case_id = $2 AND party = $3`,
    [caseId, party],
  );
  return (await assemble(queries, rows))[0] ?? null;
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

/**
 * Questions by their deadline: the open ones, the earliest first, or the settled ones, the latest first.
 * @param department null for those of all departments
 */
export async function listRequests(
  queries: NodeQueries,
  { waiting, department }: { waiting: boolean; department: string | null },
  limit: number,
  after: RequestCursor | null,
): Promise<StoredOpinionRequest[]> {
  const from = [after?.dueAt ?? null, after?.caseId ?? null, after?.party ?? null];
  const rows = waiting
    ? await queries.query<Row>(
        `SELECT ${COLUMNS} FROM opinion_requests
         WHERE node = $1 AND waiting AND ($2::text IS NULL OR department = $2)
           AND ($3::timestamptz IS NULL OR (due_at, case_id, party) > ($3, $4, $5))
         ORDER BY due_at, case_id, party LIMIT $6`,
        [department, ...from, limit],
      )
    : await queries.query<Row>(
        `SELECT ${COLUMNS} FROM opinion_requests
         WHERE node = $1 AND NOT waiting AND ($2::text IS NULL OR department = $2)
           AND ($3::timestamptz IS NULL OR (due_at, case_id, party) < ($3, $4, $5))
         ORDER BY due_at DESC, case_id DESC, party DESC LIMIT $6`,
        [department, ...from, limit],
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
export async function listOver(queries: NodeQueries): Promise<OverQuestion[]> {
  const rows = await queries.query<{ notice: string; materials: string }>(
    `SELECT notice, materials FROM opinion_requests
     WHERE node = $1 AND removed_at IS NULL AND lines IS NOT NULL AND NOT waiting`,
  );
  return rows.map(({ notice, materials }) => ({
    notice: opinionNoticeSchema.parse(JSON.parse(notice)),
    materials: z.array(materialSchema).parse(JSON.parse(materials)),
  }));
}

/** Removes the applicant and the form from a question; the question itself stays. */
export async function emptyRequest(tx: SharedTx, { notice }: OverQuestion, at: Date): Promise<void> {
  const { number } = notice.standing;
  await tx.query(
    `UPDATE opinion_requests SET applicant = NULL, form = $4, removed_at = $5
     WHERE node = $1 AND case_id = $2 AND party = $3`,
    [notice.case, number, tx.vault.seal('opinion_requests.form', placeOf(notice.case, number), JSON.stringify([])), at],
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
    rows.filter((row) => row.lines !== null).map((row) => row.case_id),
  );
  const { vault } = queries;
  const opened = rows.map(async (row) => {
    const place = placeOf(row.case_id, row.party);
    const words = said.filter(({ word }) => word.opened === row.opened && word.party === row.party);
    const notice = opinionNoticeSchema.parse(JSON.parse(row.notice));
    const standing = withOwnWords(
      { party: notice.standing, visit: notice.visit },
      words.filter((w) => w.state !== 'REFUSED'),
    );
    return {
      asked: {
        case: row.case_id,
        number: row.number,
        item: row.item,
        opened: row.opened,
        leadNode: row.lead_node,
        lead: row.lead,
        ...standing,
        state: notice.state,
        limit: row.limit_at,
      },
      notice,
      applicant: await vault.openNullable('opinion_requests.applicant', place, row.applicant),
      form: z.array(formEntrySchema).parse(JSON.parse(await vault.open('opinion_requests.form', place, row.form))),
      materials: z.array(materialSchema).parse(JSON.parse(row.materials)),
      lines: row.lines === null ? null : z.array(z.string()).parse(JSON.parse(row.lines)),
      limit: row.limit_at,
      word: row.word,
      words,
      removedAt: row.removed_at,
    };
  });
  return Promise.all(opened);
}

/** The place that a row's sealed value is bound to. */
function placeOf(caseId: string, party: number): string {
  return `${caseId}/${party}`;
}

async function wordsOf(queries: NodeQueries, cases: readonly string[]): Promise<SaidWord[]> {
  if (cases.length === 0) return [];
  const rows = await queries.query<WordRow>(
    `SELECT case_id, party, word, state, code, reason FROM opinion_words WHERE node = $1 AND case_id = ANY ($2)
     ORDER BY said_at, id`,
    [cases],
  );
  return rows.map(({ word: jws, state, code, reason }) => {
    return { word: partyWordSchema.parse(payloadOf(jws)), jws, state, code, reason };
  });
}
