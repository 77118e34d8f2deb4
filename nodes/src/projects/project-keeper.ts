import {
  answerOrder,
  concernedNodes,
  foldProject,
  foldProjectLine,
  linkCase,
  projectAnswerSchema,
  projectCaseOf,
  projectNoticeSchema,
  refusedNotice,
  succeedProject,
  unlinkCase,
} from '@liandong/schema/domains/projects';
import { randomUUID } from 'node:crypto';
import type { CaseFile, LogLine, Succession } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { ProjectAnswer, ProjectDraft, ProjectFile, ProjectLine } from '@liandong/schema/domains/projects';
import { caseIdOf, filingNodeOf, problem, ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { projectFactOf } from '@liandong/schema/domains/figures';
import { requireClosing } from '../case-log/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import type { Answered, Incoming, Outbox, Outgoing, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import type { SignedProjectLine, StoredProject } from './project-store.ts';
import {
  following,
  foldProjectChain,
  lockProject,
  lockProjects,
  readProjectLines,
  saveProject,
  signedProjectLine,
} from './project-store.ts';

export interface ProjectKeeperParts {
  trust: Trust;
  divisions: Divisions;
  outbox: Outbox;
  appender: FeedAppender;
  now: () => Date;
}

/**
 * Writes the logs of the projects a node keeps, and takes in those of other nodes. One transaction holds the lines, the
 * row, the fact for the levels above, and a notice to every node the project concerns.
 */
export class ProjectKeeper {
  readonly #parts: ProjectKeeperParts;

  constructor(parts: ProjectKeeperParts) {
    this.#parts = parts;
  }

  /** Opens a project with its registration. */
  open(tx: SharedTx, drafts: readonly ProjectDraft[]): Promise<StoredProject> {
    return this.#write(tx, caseIdOf(tx.node, randomUUID()), null, drafts, []);
  }

  /**
   * Adds lines to a project this node keeps.
   * @param knowing nodes that need no notice
   */
  append(
    tx: SharedTx,
    stored: StoredProject,
    drafts: readonly ProjectDraft[],
    knowing: readonly DivisionCode[] = [],
  ): Promise<StoredProject> {
    return this.#write(tx, stored.file.id, stored, drafts, knowing);
  }

  /**
   * Puts a case into the project its log names, or takes it out again, if this node keeps that project; called with
   * every such line that is new here. A project that has ended still takes a case that was on its way; an unknown
   * project takes none.
   */
  readonly inProject = async (tx: SharedTx, line: LogLine, file: CaseFile): Promise<void> => {
    const left = line.action === 'PROJECT_LEFT';
    const project = left ? line.data.project : file.project;
    if (project === null || !this.#keepersOf(project).includes(tx.node)) return;
    const stored = await lockProject(tx, project);
    if (!stored) return;
    const { node, former } = stored.file;
    // the author of the line knew of no successor yet
    if (former.includes(tx.node)) await this.#passOn(tx, node, [file.id]);
    if (node !== tx.node) return;
    const drafts = left ? unlinkCase(stored.file, file.id) : linkCase(stored.file, projectCaseOf(file));
    if (drafts.length > 0) await this.append(tx, stored, drafts);
  };

  /** Takes lines of a project that another node keeps; a refusal goes back with its code. */
  readonly notice = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = projectNoticeSchema.safeParse(message.body);
    if (!body.success) throw problem('MESSAGE_INVALID', 'Not a notice of a project.', { cause: body.error });
    return settled(() => this.#take(tx, message.from, body.data.project, body.data.lines));
  };

  /**
   * Takes back lines that a peer holds of a project of this node, after its database was restored, and sends them to
   * the other nodes again, which may never have got them.
   */
  async takeBack(tx: SharedTx, project: string, jwses: readonly string[]): Promise<void> {
    if (!(await this.#take(tx, tx.node, project, jwses))) return;
    const stored = await lockProject(tx, project);
    if (stored) await this.#parts.outbox.enqueue(tx, this.#notices(null, stored, [], []));
  }

  /**
   * Lets the successor of this closed node keep a project: tells every node that knows the project, and gives the
   * successor the logs of its cases.
   */
  async handOver(tx: SharedTx, id: string, own: Succession): Promise<boolean> {
    const stored = await lockProject(tx, id);
    const drafts = stored ? succeedProject(stored.file, own) : [];
    if (!stored || drafts.length === 0) return false;
    await this.append(tx, stored, drafts);
    await this.#passOn(
      tx,
      own.successor,
      stored.file.cases.map((linked) => linked.id),
    );
    return true;
  }

  /** Sends the logs of cases held here to the node that keeps their project now. */
  async #passOn(tx: SharedTx, receiver: DivisionCode, ids: readonly string[]): Promise<void> {
    const rows = await tx.query<{ id: string; lines: string[] }>(
      `SELECT case_id AS id, array_agg(jws ORDER BY seq) AS lines FROM case_log
       WHERE node = $1 AND case_id = ANY ($2) GROUP BY case_id ORDER BY case_id`,
      [ids],
    );
    const echo = ({ id, lines }: (typeof rows)[number]): Outgoing => {
      return { receiver, kind: 'ECHO', caseId: id, body: { case: id, lines } };
    };
    await this.#parts.outbox.enqueue(tx, rows.map(echo));
  }

  /**
   * The nodes that may have written lines of a project: the node its id names, and its successors one after the other.
   */
  #keepersOf(project: string): DivisionCode[] {
    const keepers = [filingNodeOf(project, 'project')];
    for (;;) {
      const next = this.#parts.trust.successionOf(keepers.at(-1) ?? '')?.successor;
      if (next === undefined || keepers.includes(next)) return keepers;
      keepers.push(next);
    }
  }

  /** Records a lower node's answer to an order. */
  readonly answer = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const parsed = projectAnswerSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not an answer to an order.', { cause: parsed.error });
    return settled(() => this.answered(tx, message.from, parsed.data));
  };

  /** @throws {ProblemError} NOT_FOUND, NOT_COMPETENT, ORDER_ANSWERED */
  async answered(tx: SharedTx, from: DivisionCode, body: ProjectAnswer): Promise<void> {
    const { project, order, answer, actor, of } = body;
    const stored = await lockProject(tx, project);
    const { node, former } = stored?.file ?? { node: null, former: [] };
    if (node !== null && former.includes(tx.node)) {
      // the answer was on its way when the project went to the successor
      await this.#parts.outbox.enqueue(tx, [
        { receiver: node, kind: 'PROJECT_ANSWER', caseId: null, body: { ...body, of: of ?? from } },
      ]);
      return;
    }
    if (!stored || node !== tx.node) throw problem('NOT_FOUND', `${tx.node} keeps no such project.`);
    const by = of !== undefined && former.includes(from) ? of : from;
    await this.append(tx, stored, answerOrder(stored.file, by, actor, order, answer));
  }

  /** A node refused a notice: the node that dispatched it shows the refusal, once for each reason. */
  readonly noticeAnswered = async (tx: SharedTx, { answer, receiver, body }: Answered): Promise<void> => {
    if (answer.outcome !== 'REFUSED') return;
    const { code } = answer;
    const stored = await lockProject(tx, projectNoticeSchema.parse(body).project);
    if (!stored || stored.file.refusals.some((r) => r.by === receiver && r.code === code)) return;
    await this.append(tx, stored, refusedNotice(receiver, code), [receiver]);
  };

  async #write(
    tx: SharedTx,
    id: string,
    before: StoredProject | null,
    drafts: readonly ProjectDraft[],
    knowing: readonly DivisionCode[],
  ): Promise<StoredProject> {
    const { trust, now, appender, outbox } = this.#parts;
    const written: SignedProjectLine[] = [];
    let after = before?.file ?? null;
    for (const draft of drafts) {
      // clocks of two hosts differ; a log never runs backwards
      const at = after && after.lastAt > now() ? after.lastAt : now();
      const prev = (written.at(-1) ?? before?.lines.at(-1))?.hash ?? null;
      const seq = (after?.seq ?? 0) + 1;
      const line: ProjectLine = { project: id, seq, at: at.toISOString(), node: tx.node, prev, ...draft };
      after = after ? foldProjectLine(after, line) : foldProject([line]);
      const jws = await trust.sign(tx.node, SIGNED_TYPES.project, line);
      written.push({ line, jws, hash: sha256(jws) });
    }
    if (!after) throw new Error('a project without lines');
    const stored = { file: after, lines: [...(before?.lines ?? []), ...written] };
    await saveProject(tx, written, after);
    const fact = projectFactOf(after);
    if (after.node !== tx.node) await appender.append(tx, 'FACTS', [{ ...fact, node: tx.node, moved: true }]);
    else if (!before || JSON.stringify(projectFactOf(before.file)) !== JSON.stringify(fact)) {
      await appender.append(tx, 'FACTS', [fact]);
    }
    await outbox.enqueue(tx, this.#notices(before?.file ?? null, stored, written, knowing));
    return stored;
  }

  /**
   * Sends the new lines to every node that knows the earlier ones, also to a node the project no longer concerns
   * because of them. A node that the project concerns from now on gets the whole log.
   */
  #notices(
    before: ProjectFile | null,
    { file, lines }: StoredProject,
    written: readonly SignedProjectLine[],
    knowing: readonly DivisionCode[],
  ): Outgoing[] {
    const { divisions, trust } = this.#parts;
    const told = before ? concernedNodes(before, divisions) : [];
    const nodes = trust.nodes();
    const writer = written.at(-1)?.line.node ?? file.node;
    // a node that does not know of the succession yet learns of it by its line
    const succeeded = lines.filter(({ line }) => line.action === 'SUCCEEDED' && !written.some((w) => w.line === line));
    return [...new Set([...concernedNodes(file, divisions), ...told, file.node])]
      .filter((node) => nodes.includes(node) && !knowing.includes(node) && node !== writer && !trust.isGone(node))
      .map((receiver) => ({
        receiver,
        kind: 'PROJECT',
        caseId: null,
        body: {
          project: file.id,
          lines: (told.includes(receiver) ? [...succeeded, ...written] : lines).map(({ jws }) => jws),
        },
      }));
  }

  /** @returns whether anything was new */
  async #take(tx: SharedTx, from: DivisionCode, project: string, jwses: readonly string[]): Promise<boolean> {
    const { trust, appender } = this.#parts;
    await lockProjects(tx);
    const held = await readProjectLines(tx, project);
    const sound = following(held);
    const before = sound.length;
    // a line of the log takes precedence over a line that waits behind a gap
    const known = new Map([...held.slice(before), ...sound].map((line) => [line.line.seq, line]));
    const fresh: SignedProjectLine[] = [];
    for (const jws of jwses) {
      const { node, payload } = await trust.verify(jws, SIGNED_TYPES.project);
      const signed = signedProjectLine(jws, payload);
      const { line, hash } = signed;
      if (!this.#keepersOf(project).includes(node) || line.node !== node || line.project !== project) {
        throw problem('SIGNATURE_INVALID', `${from} brought a line of ${line.project} that is not its own.`);
      }
      // the lines behind it are its successor's
      if (line.action === 'SUCCEEDED') await requireClosing(trust, line.data, `Line ${line.seq} of ${project}`);
      const other = known.get(line.seq);
      if (other?.hash === hash) continue;
      // a line that waits behind a gap is not proved yet
      if (other && line.seq <= before) throw problem('CHAIN_BROKEN', `Two different lines ${line.seq} exist.`);
      known.set(line.seq, signed);
      fresh.push(signed);
    }
    if (!this.#keepersOf(project).includes(from)) {
      throw problem('SIGNATURE_INVALID', `${from} keeps no project ${project}.`);
    }
    if (fresh.length === 0) return false;
    const all = following([...known.values()].sort((a, b) => a.line.seq - b.line.seq));
    const next = fresh.find(({ line }) => line.seq === all.length + 1);
    if (next) throw problem('CHAIN_BROKEN', `Line ${next.line.seq} of ${project} does not name the line ahead of it.`);
    const file = all.length === 0 ? null : foldProjectChain(all);
    if (file) this.#requireOrders(tx.node, file);
    await saveProject(tx, fresh, file);
    // this node keeps the project from here on, and counts it
    const came = all.slice(before).some(({ line }) => line.action === 'SUCCEEDED');
    if (came && file?.node === tx.node) await appender.append(tx, 'FACTS', [projectFactOf(file)]);
    return true;
  }

  /** Orders go down only: a neighbour can't give orders. */
  #requireOrders(node: DivisionCode, file: ProjectFile): void {
    const keepers = [file.node, ...file.former];
    if (keepers.some((keeper) => this.#parts.divisions.isWithin(node, keeper))) return;
    if (file.orders.some((order) => order.node === node)) {
      throw problem('NOT_COMPETENT', `${file.node} orders nothing of ${node}.`);
    }
  }
}

async function settled(work: () => Promise<unknown>): Promise<Verdict> {
  try {
    await work();
    return { outcome: 'DONE' };
  } catch (error) {
    // an unknown key may become known, and the database may come back
    if (!(error instanceof ProblemError) || error.code === 'KEY_UNKNOWN' || error.code === 'DATABASE_UNAVAILABLE') {
      throw error;
    }
    return { outcome: 'REFUSED', code: error.code, reason: error.message };
  }
}
