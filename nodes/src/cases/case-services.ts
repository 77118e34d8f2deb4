import { randomUUID } from 'node:crypto';
import type {
  Answers,
  CaseFile,
  CaseFilter,
  CaseStepInput,
  Desk,
  DivisionCode,
  Divisions,
  FileCaseInput,
  FileDraftInput,
  FilingService,
  FilingView,
  Grant,
  HandlingKey,
  HandlingService,
  HandlingView,
  LinkToProjectInput,
  Offices,
  OfficialCalendar,
  Page,
  PageRequest,
  ProjectStanding,
  RateServiceInput,
  Step,
  SuccessionOf,
  SupplementCaseInput,
  TrackedCaseView,
  Viewer,
} from '@liandong/schema';
import {
  ProblemError,
  actingFor,
  caseIdOf,
  caseSteps,
  custodyAt,
  dayOf,
  grantsInEffect,
  isUndecided,
  problem,
  readersOf,
  requireCaseReader,
  requireOpenNode,
  requireOwnDesk,
  requirePermission,
  signedIn,
} from '@liandong/schema';
import { findItem } from '../catalogue/index.ts';
import { findGrantsOver } from '../delegation/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { StepQueue, together } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { sha256 } from '../trust/index.ts';
import { queuePage } from './case-queue.ts';
import type { StoredCase } from './case-store.ts';
import { findCases, lockCase } from './case-store.ts';
import type { Application } from './case-views.ts';
import { filingView, handlingView, saltOf, loggedConsent, trackedView } from './case-views.ts';
import type { CaseWriter } from './case-writer.ts';
import { caseElements, implementationAt, unknownItem } from './case-elements.ts';
import { issueDocument, readApplication, readDocument, writeNotice } from './case-documents.ts';
import { once } from './idempotency.ts';
import { decodeMaterials, storeMaterials } from './materials.ts';
import type { PostsOf } from './posts.ts';
import { Serials } from './serials.ts';
import { findTracked, trackingCodeOf, trackingHash } from './tracking.ts';

export interface CaseServiceParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  outbox: Outbox;
  now: () => Date;
  /** Names of the materials of a case that sharing gave: nobody need hand them in. */
  supplied: (queries: NodeQueries, caseId: string) => Promise<string[]>;
  /** The node's windows and departments. */
  offices: (queries: NodeQueries) => Promise<Offices>;
  /** A project as this node was told of it; null where it knows none under that id. */
  project: (queries: NodeQueries, id: string) => Promise<ProjectStanding | null>;
  /** Who took the place of closed nodes. */
  successionOf: SuccessionOf;
  /** Whose posts a person stands in for, and their place in the roster of agents. */
  posts: PostsOf;
  /** Notes with an enquiry which case grew out of it; refuses a case that is not its own. */
  linkEnquiry: (tx: NodeTx, viewer: Viewer, enquiry: string, made: { id: string; item: string }) => Promise<void>;
}

/** The desk of one node: what people do there to cases. */
export class CaseDesk {
  readonly #parts: CaseServiceParts;
  readonly #serials: Serials;
  readonly #steps: StepQueue;
  readonly filing: FilingService;
  readonly handling: HandlingService;

  constructor(parts: CaseServiceParts) {
    this.#parts = parts;
    this.#serials = new Serials(parts.db, parts.node);
    this.#steps = new StepQueue(parts.db, parts.node);
    this.filing = {
      getMany: (viewer, ids) => this.#getFilings(viewer, ids),
      file: (viewer, input) => this.#file(viewer, input, 'fileCase'),
      draft: (viewer, input) => this.#file(viewer, input, 'draftCase'),
      fileDraft: (viewer, input) => this.#fileDraft(viewer, input),
      supplement: (viewer, input) => this.#supplement(viewer, input),
      rate: (input) => this.#rate(input),
      track: (number, code) => this.#track(number, code),
    };
    const steps = caseSteps;
    this.handling = {
      getMany: (viewer, keys) => this.#getHandlings(viewer, keys),
      list: (viewer, filter, page) => this.#list(viewer, filter, page),
      accept: (viewer, input) =>
        this.#step('accept', viewer, input, (desk, file) => steps.acceptCase(desk, file, input.note)),
      refuse: (viewer, input) =>
        this.#step('refuse', viewer, input, (desk, file) => steps.refuseCase(desk, file, input.reason)),
      requestSupplement: (viewer, input) =>
        this.#step('requestSupplement', viewer, input, (desk, file) =>
          steps.requestSupplement(desk, file, input.missing, input.note),
        ),
      review: (viewer, input) =>
        this.#step('review', viewer, input, (desk, file) =>
          steps.reviewCase(desk, file, input.opinion, input.note, input.amountFen, input.second ?? null),
        ),
      decide: (viewer, input) =>
        this.#step('decide', viewer, input, (desk, file) =>
          steps.decideCase(desk, file, input.outcome, input.reason, input.minutes),
        ),
      requestPrecheck: (viewer, input) =>
        this.#step('requestPrecheck', viewer, input, (desk, file) => steps.requestPrecheck(desk, file, input.note)),
      precheck: (viewer, input) =>
        this.#step('precheck', viewer, input, (desk, file) =>
          steps.precheckCase(desk, file, input.missing, input.remarks),
        ),
      startProcedure: (viewer, { id, idempotencyKey, ...start }) =>
        this.#step('startProcedure', viewer, { id, idempotencyKey, ...start }, (desk, file) =>
          steps.startProcedure(desk, file, start),
        ),
      endProcedure: (viewer, input) =>
        this.#step('endProcedure', viewer, input, (desk, file) =>
          steps.endProcedure(desk, file, input.procedure, input.result, input.staff ?? []),
        ),
      extend: (viewer, input) =>
        this.#step('extend', viewer, input, (desk, file) => steps.extendCase(desk, file, input.days, input.reason)),
      decideOnTheSpot: (viewer, input) =>
        this.#step('decideOnTheSpot', viewer, input, (desk, file) => steps.decideOnTheSpot(desk, file, input)),
      issueDocument: (viewer, input) => this.#issue(viewer, input),
      assign: (viewer, input) =>
        this.#step('assign', viewer, input, (desk, file) => steps.assignCase(desk, file, input.note)),
      deliver: (viewer, input) =>
        this.#step('deliver', viewer, input, (desk, file) => steps.deliverCase(desk, file, input.way, input.note)),
      close: (viewer, input) =>
        this.#step('close', viewer, input, (desk, file) => steps.closeCase(desk, file, input.note)),
      rate: (viewer, input) =>
        this.#step('rate', viewer, input, (desk, file) => steps.rateCase(desk, file, input.grade)),
      terminate: (viewer, input) =>
        this.#step('terminate', viewer, input, (desk, file) => steps.terminateCase(desk, file, input.reason)),
      void: (viewer, input) =>
        this.#step('void', viewer, input, (desk, file) => steps.voidCase(desk, file, input.reason)),
      transfer: (viewer, input) =>
        this.#step('transfer', viewer, input, (desk, file) => steps.transferCase(desk, file, input.to, input.reason)),
      document: (viewer, id) => this.#document(viewer, id),
      notice: (viewer, id, seq) => this.#notice(viewer, id, seq),
      forward: (viewer, input) =>
        this.#step('forward', viewer, input, (desk, file) => steps.forwardCase(desk, file, input.note)),
      return: (viewer, input) =>
        this.#step('return', viewer, input, (desk, file) => steps.returnCase(desk, file, input.reason)),
      withdraw: (viewer, input) => this.#withdraw(viewer, input),
      recall: (viewer, input) => this.#recall(viewer, input),
      linkToProject: (viewer, input) => this.#linkToProject(viewer, input),
      leaveProject: (viewer, input) =>
        this.#step('leaveProject', viewer, input, (desk, file) => steps.leaveProject(desk, file, input.reason)),
      openGreenChannel: (viewer, input) =>
        this.#step('openGreenChannel', viewer, input, (desk, file) => steps.openGreenChannel(desk, file, input.ground)),
      askUrgency: (viewer, input) =>
        this.#step('askUrgency', viewer, input, (desk, file) => steps.askUrgency(desk, file, input.ground)),
      decideUrgency: (viewer, input) =>
        this.#step('decideUrgency', viewer, input, (desk, file) =>
          steps.decideUrgency(desk, file, input.approved, input.reason),
        ),
    };
  }

  /** Accepts every case whose five days for the notice have run out (Art. 32). @returns how many */
  async deemAccepted(): Promise<number> {
    const { node, db, divisions, calendar, now } = this.#parts;
    const due = await db
      .queries(node)
      .query<{ id: string }>(
        `SELECT id FROM cases WHERE node = $1 AND acceptance_due_at < $2 AND custody = 'HELD' ORDER BY acceptance_due_at LIMIT 200`,
        [now()],
      );
    let accepted = 0;
    for (const { id } of due) {
      await db.transact(node, async (tx) => {
        const stored = await lockCase(tx, id);
        if (!stored) return;
        const step = caseSteps.deemAccepted(
          { node, now: now(), divisions, calendar: calendar(), ...(await this.#elements(tx, stored.file)) },
          stored.file,
        );
        if (!step) return;
        await this.#parts.writer.append(tx, stored, step, now());
        accepted++;
      });
    }
    return accepted;
  }

  /**
   * Writes into the cases held here that a renewal counts as granted, where nothing was decided by the licence's expiry
   * (Art. 50). A case that was under way that day is found when it has arrived.
   * @returns how many
   */
  async deemRenewed(): Promise<number> {
    const { node, db, writer, now } = this.#parts;
    const due = await db
      .queries(node)
      .query<{ id: string }>(
        `SELECT id FROM cases WHERE node = $1 AND renewal_due_at < $2 AND custody = 'HELD' ORDER BY renewal_due_at LIMIT 200`,
        [now()],
      );
    let renewed = 0;
    for (const { id } of due) {
      await db.transact(node, async (tx) => {
        const stored = await lockCase(tx, id);
        const step = stored && caseSteps.deemRenewed({ node, now: now() }, stored.file);
        if (!step) return;
        await writer.append(tx, stored, step, now());
        renewed++;
      });
    }
    return renewed;
  }

  /** What an application for an item is judged by, within another transaction: for one form of several items. */
  deskFor(tx: NodeTx, viewer: Viewer, item: string, place: DivisionCode): Promise<Desk> {
    return this.#deskFor(tx, viewer, item, place, this.#parts.now());
  }

  /** What a case here is judged by, within another transaction. */
  async deskAt(tx: NodeTx, viewer: Viewer, file: CaseFile): Promise<Desk> {
    const { node, divisions, calendar, posts, now } = this.#parts;
    const at = now();
    const [elements, standing] = await together(this.#elements(tx, file), posts(tx, viewer, dayOf(at)));
    return { node, viewer, now: at, divisions, calendar: calendar(), ...elements, ...standing };
  }

  /** Files an application, or draws it up for a pre-check. */
  async #file(
    viewer: Viewer | null,
    input: FileCaseInput,
    as: 'fileCase' | 'draftCase',
  ): Promise<{ filing: FilingView; trackingCode: string }> {
    const person = signedIn(viewer);
    const { node, divisions, writer, linkEnquiry, now } = this.#parts;
    // before a number is given away or a byte is looked at
    requireOwnDesk(person, node);
    requirePermission(person, 'FILE_CASE', divisions.get(node).tier);
    requireOpenNode(node, this.#parts.successionOf);
    const materials = await decodeMaterials(input.materials);
    const number = await this.#serials.take(dayOf(now()));
    return this.#steps.step(number, async (tx) => {
      let opened: StoredCase | undefined;
      const { id, trackingCode } = await once(tx, person, input.idempotencyKey, { mutation: as, input }, async () => {
        const place = input.place ?? node;
        const form = input.form ?? [];
        const application: Application = {
          salt: saltOf(),
          applicant: input.applicant,
          consent: input.consent,
          ...(form.length > 0 ? { form } : {}),
        };
        const text = JSON.stringify(application);
        const { consent } = input;
        const filing = {
          number,
          place,
          application: sha256(text),
          consent: loggedConsent(consent),
          facts: { amountFen: input.amountFen },
          form,
          ...(input.project
            ? { project: { id: input.project, standing: await this.#parts.project(tx, input.project) } }
            : {}),
          ...(input.renewal ? { renewal: input.renewal } : {}),
          materials: materials.map((m) => m.material),
        };
        const code = trackingCodeOf();
        const made = { id: caseIdOf(node, randomUUID()), trackingCode: code };
        const at = now();
        const desk = await this.#deskFor(tx, person, input.item, place, at);
        const step = caseSteps[as](desk, filing);
        await storeMaterials(tx, materials);
        opened = await writer.open(
          tx,
          { id: made.id, application: text, trackingHash: trackingHash(number, code) },
          step,
          at,
        );
        if (input.enquiry) await linkEnquiry(tx, person, input.enquiry, { id: made.id, item: input.item });
        return made;
      });
      const stored = opened ?? (await lockCase(tx, id));
      if (!stored) throw problem('NOT_FOUND', `Case ${id} is not here any more.`, { node });
      return { filing: filingView(stored, node, person), trackingCode };
    });
  }

  async #linkToProject(viewer: Viewer | null, input: LinkToProjectInput): Promise<HandlingView> {
    const stored = await this.#change('linkToProject', signedIn(viewer), input, async (tx, desk, file) =>
      caseSteps.linkToProject(desk, file, input.project, await this.#parts.project(tx, input.project)),
    );
    return this.#handlingView(stored);
  }

  async #supplement(viewer: Viewer | null, input: SupplementCaseInput): Promise<FilingView> {
    const person = signedIn(viewer);
    const { node } = this.#parts;
    const materials = await decodeMaterials(input.materials);
    const stored = await this.#change('supplement', person, input, async (tx, desk, file) => {
      await storeMaterials(tx, materials);
      return caseSteps.supplementCase(
        desk,
        file,
        materials.map((m) => m.material),
        input.note,
      );
    });
    return filingView(stored, node, person);
  }

  async #fileDraft(viewer: Viewer | null, input: FileDraftInput): Promise<FilingView> {
    const person = signedIn(viewer);
    const { node } = this.#parts;
    const materials = await decodeMaterials(input.materials);
    const stored = await this.#change('fileDraft', person, input, async (tx, desk, file) => {
      await storeMaterials(tx, materials);
      const [first] = (await lockCase(tx, file.id))?.lines ?? [];
      const drafted = first?.line.action === 'DRAFTED' ? first.line.data : null;
      const { number, place, application, facts } = file;
      const { form = [] } = await readApplication(tx, node, file.id);
      const renewal = drafted?.renewal ? { renewal: drafted.renewal } : {};
      const consent = drafted?.consent ?? null;
      const filing = { number, place, application, facts, consent, form, ...renewal, materials: [] };
      return caseSteps.fileDraft(
        desk,
        file,
        filing,
        materials.map((m) => m.material),
      );
    });
    return filingView(stored, node, person);
  }

  async #issue(viewer: Viewer | null, input: CaseStepInput): Promise<HandlingView> {
    const stored = await this.#change('issueDocument', signedIn(viewer), input, (tx, desk, file) =>
      issueDocument(tx, desk, file),
    );
    return this.#handlingView(stored);
  }

  async #document(viewer: Viewer | null, id: string): Promise<string> {
    const { db, node } = this.#parts;
    const { file } = await this.#readable(signedIn(viewer), id);
    return readDocument(db.queries(node), node, file);
  }

  async #notice(viewer: Viewer | null, id: string, seq: number): Promise<string> {
    const { db, node, divisions } = this.#parts;
    return writeNotice(db.queries(node), { node, divisions }, await this.#readable(signedIn(viewer), id), seq);
  }

  /** The applicant's own rating, here or carried to where the case is. */
  async #rate({ number, code, grade }: RateServiceInput): Promise<TrackedCaseView> {
    const { node, db, writer, outbox, now } = this.#parts;
    await db.transact(node, async (tx): Promise<void> => {
      const tracked = await findTracked(tx, number, code);
      const stored = tracked && (await lockCase(tx, tracked.id));
      if (!stored) throw problem('NOT_FOUND', 'No case has this number and tracking code.', { node });
      const step = caseSteps.rateByApplicant(stored.file, grade);
      const { custodian, id } = stored.file;
      if (custodian === node) await writer.append(tx, stored, step, now());
      else await outbox.enqueue(tx, [{ receiver: custodian, kind: 'RATING', caseId: id, body: { case: id, grade } }]);
    });
    return this.#track(number, code);
  }

  async #readable(viewer: Viewer, id: string): Promise<StoredCase> {
    const { db, node, divisions } = this.#parts;
    const [stored] = await findCases(db.queries(node), [id]);
    if (!stored) throw this.#notFound(id);
    requireCaseReader(viewer, readersOf(stored.file), divisions);
    return stored;
  }

  async #step(
    mutation: keyof HandlingService,
    viewer: Viewer | null,
    input: { id: string; idempotencyKey: string | null },
    step: (desk: Desk, file: CaseFile) => Step,
  ): Promise<HandlingView> {
    const stored = await this.#change(mutation, signedIn(viewer), input, (_tx, desk, file) =>
      Promise.resolve(step(desk, file)),
    );
    return this.#handlingView(stored);
  }

  /** One step in one transaction: the case is locked, the rule decides, the writer writes. */
  async #change(
    mutation: keyof HandlingService | keyof FilingService,
    viewer: Viewer,
    input: { id: string; idempotencyKey: string | null },
    step: (tx: NodeTx, desk: Desk, file: CaseFile) => Promise<Step>,
  ): Promise<StoredCase> {
    const { writer } = this.#parts;
    return this.#steps.step(input.id, async (tx) => {
      let changed: StoredCase | undefined;
      const locked = this.#lockReadable(tx, viewer, input.id);
      const done = once(tx, viewer, input.idempotencyKey, { mutation, input }, async () => {
        const stored = await locked;
        const desk = await this.deskAt(tx, viewer, stored.file);
        changed = await writer.append(tx, stored, await step(tx, desk, stored.file), desk.now);
        return true;
      });
      const [stored] = await together(locked, done);
      // done before under its key: as the case is now
      return changed ?? stored;
    });
  }

  /** Withdraws here, or has the wish carried to the desk that holds the case, as custody stands once the case is locked. */
  async #withdraw(
    viewer: Viewer | null,
    input: { id: string; reason: string; idempotencyKey: string | null },
  ): Promise<HandlingView> {
    const person = signedIn(viewer);
    const { node, db, writer } = this.#parts;
    const stored = await db.transact(node, async (tx) => {
      let changed: StoredCase | undefined;
      const locked = await this.#lockReadable(tx, person, input.id);
      await once(tx, person, input.idempotencyKey, { mutation: 'withdraw', input }, async () => {
        const { file } = locked;
        const desk = await this.deskAt(tx, person, file);
        const elsewhere = custodyAt(file, node) === 'ELSEWHERE' && node === file.home && isUndecided(file.state);
        changed = elsewhere
          ? await this.#carryWithdrawal(tx, desk, locked, input.reason)
          : await writer.append(tx, locked, caseSteps.withdrawCase(desk, file, input.reason), desk.now);
        return true;
      });
      return changed ?? locked;
    });
    return this.#handlingView(stored);
  }

  /** Tells the desk that holds the case of the wish to withdraw it, once. */
  async #carryWithdrawal(tx: NodeTx, desk: Desk, stored: StoredCase, reason: string): Promise<StoredCase> {
    const { id, custodian, item } = stored.file;
    const actor = caseSteps.actAs(desk, 'WITHDRAW_CASE', item);
    if (reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
    if (stored.withdrawalRequestedAt) return stored;
    const body = { case: id, reason, actor, requestedAt: desk.node };
    await together(
      this.#parts.outbox.enqueue(tx, [{ receiver: custodian, kind: 'WITHDRAWAL', caseId: id, body }]),
      tx.query(`UPDATE cases SET withdrawal_requested_at = $3 WHERE node = $1 AND id = $2`, [id, desk.now]),
    );
    return { ...stored, withdrawalRequestedAt: desk.now };
  }

  /** Has a case called back from the grantee that holds it; the case's own log says so when it has come. */
  async #recall(
    viewer: Viewer | null,
    input: { id: string; reason: string; idempotencyKey: string | null },
  ): Promise<HandlingView> {
    const person = signedIn(viewer);
    const { node, db, outbox } = this.#parts;
    return db.transact(node, async (tx) => {
      const stored = await this.#lockReadable(tx, person, input.id);
      const { file } = stored;
      const actor = caseSteps.actAs(await this.deskAt(tx, person, file), 'RECALL_CASE', file.item);
      if (input.reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
      // whether it may be is asked here as it is known here, and at its desk once more
      caseSteps.recallCase(file.custodian, { ...file, inTransitTo: null }, node, actor, input.reason);
      await once(tx, person, input.idempotencyKey, input, async () => {
        const body = { case: file.id, reason: input.reason, actor };
        await outbox.enqueue(tx, [{ receiver: file.custodian, kind: 'RECALL', caseId: file.id, body }]);
        return true;
      });
      return this.#handlingView(stored);
    });
  }

  async #getFilings(viewer: Viewer | null, ids: readonly string[]): Answers<FilingView> {
    return this.#readEach(viewer, ids, (stored, person) => filingView(stored, this.#parts.node, person));
  }

  async #getHandlings(viewer: Viewer | null, keys: readonly HandlingKey[]): Answers<HandlingView> {
    const { node } = this.#parts;
    const copies = new Map(keys.map((key) => [key.id, key.copy]));
    return this.#readEach(
      viewer,
      keys.map((key) => key.id),
      (stored) => {
        const { custodian } = stored.file;
        if (custodian === node || copies.get(stored.id)) return this.#handlingView(stored);
        return problem('NOT_CUSTODIAN', `${node} does not hold the case; ${custodian} does.`, { node, custodian });
      },
    );
  }

  async #readEach<T>(
    viewer: Viewer | null,
    ids: readonly string[],
    view: (stored: StoredCase, viewer: Viewer) => T | ProblemError,
  ): Answers<T> {
    const { node, db, divisions } = this.#parts;
    const found = new Map((await findCases(db.queries(node), ids)).map((stored) => [stored.id, stored]));
    return ids.map((id) => {
      try {
        const person = signedIn(viewer);
        const stored = found.get(id);
        if (!stored) throw this.#notFound(id);
        requireCaseReader(person, readersOf(stored.file), divisions);
        return view(stored, person);
      } catch (error) {
        if (error instanceof ProblemError) return error;
        throw error;
      }
    });
  }

  async #list(viewer: Viewer | null, filter: CaseFilter, page: PageRequest): Promise<Page<HandlingView>> {
    const person = signedIn(viewer);
    const { node, db, divisions, calendar, now } = this.#parts;
    const tier = divisions.get(person.division).tier;
    requirePermission(person, 'READ_CASE', tier);
    const supervises = person.roles.includes('SUPERVISOR') && divisions.isWithin(node, person.division);
    if (person.division !== node && !supervises) {
      throw problem('FORBIDDEN', `The list of ${node} is not open to ${person.division}.`, { node });
    }
    const queries = db.queries(node);
    const { ids, cursors, hasNextPage } = await queuePage(queries, filter, page, { now: now(), calendar: calendar() });
    const stored = await findCases(queries, ids);
    return {
      nodes: stored.map((s) => this.#handlingView(s)),
      cursors,
      hasNextPage,
      hasPreviousPage: page.after !== null,
    };
  }

  async #track(number: string, code: string): Promise<TrackedCaseView> {
    const { node, db, divisions, calendar, now } = this.#parts;
    const stored = await findTracked(db.queries(node), number, code);
    if (!stored) throw problem('NOT_FOUND', 'No case has this number and tracking code.', { node });
    return trackedView(stored, node, calendar(), divisions, now());
  }

  async #lockReadable(tx: NodeTx, viewer: Viewer, id: string): Promise<StoredCase> {
    const stored = await lockCase(tx, id);
    if (!stored) throw this.#notFound(id);
    requireCaseReader(viewer, readersOf(stored.file), this.#parts.divisions);
    return stored;
  }

  async #deskFor(queries: NodeQueries, viewer: Viewer, itemCode: string, place: DivisionCode, at: Date): Promise<Desk> {
    const { node, divisions, calendar } = this.#parts;
    const item = await findItem(queries, itemCode, { today: dayOf(at) });
    if (!item) throw unknownItem(node, itemCode);
    // how it is carried out is for the organ that holds the power to say, also where a lower one decides
    const power = actingFor(divisions.atTier(place, item.decidingTier)?.code ?? place, this.#parts.successionOf);
    const [implementation, grants, offices, standing] = await together(
      implementationAt(queries, this.#parts, item, power),
      this.#grantsOver(queries, itemCode),
      this.#parts.offices(queries),
      this.#parts.posts(queries, viewer, dayOf(at)),
    );
    return {
      node,
      viewer,
      now: at,
      divisions,
      calendar: calendar(),
      item,
      implementation,
      grants,
      offices,
      successionOf: this.#parts.successionOf,
      ...standing,
    };
  }

  /** What a case goes by, with what sharing and other members of its bundle gave for it. */
  async #elements(queries: NodeQueries, file: CaseFile) {
    const [{ item, implementation }, supplied, grants, offices, project] = await together(
      caseElements(queries, this.#parts, file, this.#parts.now()),
      this.#parts.supplied(queries, file.id),
      this.#grantsOver(queries, file.item),
      this.#parts.offices(queries),
      file.project === null ? Promise.resolve(null) : this.#parts.project(queries, file.project),
    );
    const { successionOf } = this.#parts;
    const given = [...supplied, ...(file.bundle?.given ?? []).map(({ material }) => material)];
    const materials = implementation.materials.map((m) => (given.includes(m.name) ? { ...m, required: false } : m));
    return {
      item,
      implementation: { ...implementation, materials },
      grants,
      offices,
      successionOf,
      ...(project ? { project } : {}),
    };
  }

  /** The grants that give power over an item today, as this node knows them. */
  async #grantsOver(queries: NodeQueries, item: string): Promise<Grant[]> {
    return grantsInEffect(await findGrantsOver(queries, item), dayOf(this.#parts.now()));
  }

  #handlingView(stored: StoredCase): HandlingView {
    const { node, calendar, divisions, now } = this.#parts;
    return handlingView(stored, node, calendar(), divisions, now());
  }

  #notFound(id: string): ProblemError {
    return problem('NOT_FOUND', `${this.#parts.node} knows no case ${id.slice(0, 60)}.`, {
      node: this.#parts.node,
      field: 'id',
    });
  }
}
