import { rateByApplicant } from '@liandong/schema/domains/handling';
import { draftCase, fileCase, fileDraft as fileDraftStep, supplementCase } from '@liandong/schema/domains/filing';
import { requireOpenNode } from '@liandong/schema/case';
import { randomUUID } from 'node:crypto';
import type { CaseFile, Desk, Step } from '@liandong/schema/case';
import type { FileCaseInput, FileDraftInput, RateServiceInput, SupplementCaseInput } from '@liandong/schema/graph';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { FilingService, FilingView, TrackedCaseView } from '@liandong/schema/domains/filing';
import type { HandlingService, HandlingView } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import { caseIdOf, dayOf, problem } from '@liandong/schema/kernel';
import { requireOwnDesk, requirePermission, signedIn } from '@liandong/schema/operation';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { once } from '../idempotency/index.ts';
import { sha256 } from '../trust/index.ts';
import { readApplication } from './case-documents.ts';
import { CaseReadings } from './case-readings.ts';
import type { StoredCase } from './case-store.ts';
import { lockCase } from './case-store.ts';
import type { Application } from './case-views.ts';
import { filingView, loggedConsent, saltOf } from './case-views.ts';
import type { CaseWriter } from './case-writer.ts';
import { deemAccepted, deemRenewed } from './deemed.ts';
import type { DeskElementsParts } from './desk-elements.ts';
import { DeskElements } from './desk-elements.ts';
import { decodeMaterials, storeMaterials } from '../materials/index.ts';
import type { StandingsOf } from './posts.ts';
import type { Projection } from './run-step.ts';
import { StepRunner } from './run-step.ts';
import { Serials } from './serials.ts';
import { findTracked, trackingCodeOf, trackingHash } from './tracking.ts';

export interface CaseDeskParts extends DeskElementsParts {
  db: HostDb;
  writer: CaseWriter;
  outbox: Outbox;
  failures: Failures;
  standings: StandingsOf;
  projections: readonly Projection[];
  /** Notes with an enquiry which case grew out of it; refuses a case that is not its own. */
  linkEnquiry: (tx: NodeTx, viewer: Viewer, enquiry: string, made: { id: string; item: string }) => Promise<void>;
}

/** The desk of one node: what people do there to cases. */
export class CaseDesk {
  readonly #parts: CaseDeskParts;
  readonly #elements: DeskElements;
  readonly #serials: Serials;
  /** What people read of the cases here. */
  readonly readings: CaseReadings;
  /** How every step of a case here is taken, whichever domain declares it. */
  readonly runner: StepRunner;
  readonly filing: FilingService;
  readonly handling: HandlingService;

  constructor(parts: CaseDeskParts) {
    this.#parts = parts;
    this.#elements = new DeskElements(parts);
    this.readings = new CaseReadings(parts);
    this.#serials = new Serials(parts.db, parts.node);
    this.runner = new StepRunner({ ...parts, elements: this.#elements });
    this.filing = {
      getMany: (viewer, ids) => this.readings.filings(viewer, ids),
      file: (viewer, input) => this.#file(viewer, input, 'fileCase'),
      draft: (viewer, input) => this.#file(viewer, input, 'draftCase'),
      fileDraft: (viewer, input) => this.#fileDraft(viewer, input),
      supplement: (viewer, input) => this.#supplement(viewer, input),
      rate: (input) => this.#rate(input),
      track: (number, code) => this.readings.track(number, code),
    };
    this.handling = { getMany: (viewer, keys) => this.readings.handlings(viewer, keys) };
  }

  /** What an application for an item is judged by, within another transaction: for one form of several items. */
  deskFor(tx: NodeTx, viewer: Viewer, item: string, place: DivisionCode): Promise<Desk> {
    return this.#elements.forApplication(tx, viewer, item, place, this.#parts.now());
  }

  /** What a case here is judged by, within another transaction or to be read. */
  deskAt(queries: NodeQueries, viewer: Viewer, file: CaseFile): Promise<Desk> {
    return this.#elements.forCase(queries, viewer, file);
  }

  /** A case as its desk sees it after a step. */
  view(queries: NodeQueries, stored: StoredCase): Promise<HandlingView> {
    return this.readings.view(queries, stored);
  }

  /** {@link deemAccepted} */
  deemAccepted(): Promise<number> {
    return deemAccepted({ ...this.#parts, elements: this.#elements });
  }

  /** {@link deemRenewed} */
  deemRenewed(): Promise<number> {
    return deemRenewed(this.#parts);
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
    return this.runner.open(number, async (tx) => {
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
        const desk = await this.#elements.forApplication(tx, person, input.item, place, at);
        const step = as === 'fileCase' ? fileCase(desk, filing) : draftCase(desk, filing);
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

  async #supplement(viewer: Viewer | null, input: SupplementCaseInput): Promise<FilingView> {
    const person = signedIn(viewer);
    const { node } = this.#parts;
    const materials = await decodeMaterials(input.materials);
    const stored = await this.#change('supplement', person, input, async (tx, desk, file) => {
      await storeMaterials(tx, materials);
      return supplementCase(
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
      return fileDraftStep(
        desk,
        file,
        filing,
        materials.map((m) => m.material),
      );
    });
    return filingView(stored, node, person);
  }

  /** The applicant's own rating, here or carried to where the case is. */
  async #rate(input: RateServiceInput): Promise<TrackedCaseView> {
    const { number, code, grade } = input;
    const { node, db, writer, outbox, now } = this.#parts;
    // nobody is logged in: whoever holds the slip
    const holder = { sub: `slip:${number}` };
    await db.transact(node, async (tx): Promise<void> => {
      const tracked = await findTracked(tx, number, code);
      const stored = tracked && (await lockCase(tx, tracked.id));
      if (!stored) throw problem('NOT_FOUND', 'No case has this number and tracking code.', { node });
      await once(tx, holder, input.idempotencyKey, { mutation: 'rateService', input }, async () => {
        const step = rateByApplicant(stored.file, grade);
        const { custodian, id } = stored.file;
        if (custodian === node) await writer.append(tx, stored, step, now());
        else await outbox.enqueue(tx, [{ receiver: custodian, kind: 'RATING', caseId: id, body: { case: id, grade } }]);
        return true;
      });
    });
    return this.readings.track(number, code);
  }

  #change(
    mutation: keyof FilingService,
    viewer: Viewer,
    input: { id: string; idempotencyKey: string | null },
    step: (tx: NodeTx, desk: Desk, file: CaseFile) => Promise<Step>,
  ): Promise<StoredCase> {
    return this.runner.run(viewer, { keyedAs: mutation, input, take: step }, (_tx, stored) => stored);
  }
}
