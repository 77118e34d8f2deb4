import { actAs, custodyAt } from '@liandong/schema/case';
import { fileCase } from '@liandong/schema/domains/filing';
import { deliverCase, forwardCase } from '@liandong/schema/domains/handling';
import { randomUUID } from 'node:crypto';
import type { BundleView, DeliverBundleInput, FileBundleInput } from '@liandong/schema/domains/bundles';
import type { Desk } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { NO_ROSTER } from '@liandong/schema/domains/roster';
import { caseIdOf, dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import {
  bundleFaults,
  deliverables,
  dueMembers,
  givenBy,
  isSettled,
  memberForm,
  memberMaterials,
  progressOf,
} from '@liandong/schema/domains/bundles';
import { requireInForce } from '@liandong/schema/domains/catalogue';
import type { CaseDesk, CaseWriter } from '../cases/index.ts';
import type { HandedIn } from '../uploads/index.ts';
import { lockCase, lockCases } from '../cases/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { HostDb, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { Serials } from '../case-numbers/index.ts';
import { newApplication, setTrackingCode } from '../filing/index.ts';
import { trackingCodeOf, trackingHash } from '../slips/index.ts';
import type { StoredBundle } from './bundle-store.ts';
import {
  insertBundle,
  linkMember,
  lockBundle,
  markSeen,
  movedBundles,
  noteFault,
  putOffBundle,
  saveCode,
} from './bundle-store.ts';

/** Most bundles in one round of the clockwork. */
const MOST = 200;
/** Time until a member that could not be filed is tried again, ms. */
const RETRY_MS = 60_000;

export interface BundleDeskParts {
  node: DivisionCode;
  db: HostDb;
  cases: Pick<CaseDesk, 'deskFor' | 'deskAt'>;
  writer: CaseWriter;
  failures: Failures;
  now: () => Date;
}

/** One form, several items (一件事), at the desk that takes the form in. */
export class BundleDesk {
  readonly #parts: BundleDeskParts;
  readonly #serials: Serials;

  constructor(parts: BundleDeskParts) {
    this.#parts = parts;
    this.#serials = new Serials(parts.db, parts.node);
  }

  /**
   * Files every member that is due now, each in a transaction of its own. A filed member stays filed, even if another
   * fails. A member is never filed twice: its row is locked and names its case.
   * @returns how many were filed
   */
  async fileDue(): Promise<number> {
    const { node, db, failures, now } = this.#parts;
    let filed = 0;
    for (const id of await movedBundles(db.queries(node), now(), MOST)) {
      const done = await failures.attempt('filing the members of a bundle', { node, bundle: id }, async () => {
        while (await this.#fileNext(id)) filed++;
      });
      if (!done) await db.transact(node, (tx) => putOffBundle(tx, id, new Date(now().getTime() + RETRY_MS)));
    }
    return filed;
  }

  /** @returns whether another member may be due */
  async #fileNext(id: string): Promise<boolean> {
    const { node, db, now } = this.#parts;
    const number = await this.#serials.take(dayOf(now()));
    let tried: string | null = null;
    try {
      return await db.transact(node, async (tx) => {
        const bundle = await lockBundle(tx, id);
        if (!bundle) return false;
        const due = dueMembers(bundle.bundle, bundle.members);
        // a member that could not be filed does not hold back the others
        const next = due.find((item) => bundle.members.some((m) => m.item === item && m.fault === null)) ?? due[0];
        if (next === undefined) {
          await markSeen(tx, bundle, isSettled(bundle.bundle, bundle.members), null);
          return false;
        }
        tried = next;
        await this.#fileMember(tx, bundle, next, number);
        return true;
      });
    } catch (error) {
      if (!(error instanceof ProblemError) || tried === null) throw error;
      return this.#putOff(id, tried, error.code);
    }
  }

  /** Records why a member could not be filed. @returns whether another is still to be tried in this round */
  async #putOff(id: string, item: string, code: string): Promise<boolean> {
    const { node, db, now } = this.#parts;
    return db.transact(node, async (tx) => {
      await noteFault(tx, id, item, code, new Date(now().getTime() + RETRY_MS));
      const bundle = await lockBundle(tx, id);
      if (!bundle) return false;
      const due = dueMembers(bundle.bundle, bundle.members);
      const untried = due.some((code_) => bundle.members.some((m) => m.item === code_ && m.fault === null));
      if (!untried) await markSeen(tx, bundle, false, new Date(now().getTime() + RETRY_MS));
      return untried;
    });
  }

  /** Records the one form and files its first members. */
  async file(
    tx: SharedTx,
    person: Viewer,
    input: FileBundleInput,
    given: HandedIn,
  ): Promise<{ id: string; trackingCode: string }> {
    const { node, now } = this.#parts;
    const place = input.place ?? node;
    const at = now();
    const item = await findItem(tx, input.item, { today: dayOf(at) });
    if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${input.item}.`, { node, field: 'item' });
    requireInForce(item, dayOf(at));
    const { bundle } = item;
    if (!bundle || bundle.members.length === 0 || bundle.form.length === 0) {
      throw problem('NO_BUNDLE', `${item.code} has no one form of several items.`, { field: 'item' });
    }
    const desks: Desk[] = [];
    for (const member of bundle.members) desks.push(await this.#parts.cases.deskFor(tx, person, member, place));
    for (const desk of desks) actAs(desk, 'FILE_CASE', { item: desk.item.code, number: null });
    const faults = bundleFaults(
      bundle,
      item.standard.materials,
      desks.map((desk) => ({ item: desk.item, materials: desk.implementation.materials })),
      input.form,
      input.materials,
    );
    const [first, ...rest] = faults;
    if (first) throw new ProblemError([first, ...rest]);
    const materials = await given.named(tx, person);
    await given.store(tx, person);
    const id = randomUUID();
    const trackingCode = trackingCodeOf();
    const { applicant, consent, form } = input;
    await insertBundle(tx, {
      id,
      item: item.code,
      itemVersion: item.version,
      place,
      application: { applicant, consent, form },
      materials,
      trackingCode,
      agent: person,
      filedAt: at,
      memberItems: bundle.members,
    });
    let stored = await this.#locked(tx, id);
    for (const member of dueMembers(bundle, stored.members)) {
      stored = await this.#fileMember(tx, stored, member, await this.#serials.take(dayOf(at)));
    }
    await markSeen(tx, stored, isSettled(bundle, stored.members), null);
    return { id, trackingCode };
  }

  /** Files one member as a case of its own, for the person who filed the bundle, and sends it to its acceptor. */
  async #fileMember(tx: SharedTx, bundle: StoredBundle, item: string, number: string): Promise<StoredBundle> {
    const { node, cases, writer, now } = this.#parts;
    const { applicant, consent, form = [] } = bundle.application;
    // the person's right was checked when the form came in; its members go on even after the person has left the roster
    const desk = { ...(await cases.deskFor(tx, bundle.agent, item, bundle.place)), roster: NO_ROSTER };
    const own = memberForm(bundle.bundle.form, form, item);
    const { text, logged } = newApplication({ applicant, consent, form: own });
    const step = fileCase(desk, {
      number,
      place: bundle.place,
      ...logged,
      form: own,
      bundle: {
        id: bundle.id,
        item: bundle.item,
        given: givenBy(bundle.bundle, item).flatMap((provided) => {
          const source = bundle.members.find((m) => m.item === provided.item)?.case;
          return source ? [{ material: provided.material, number: source.number }] : [];
        }),
      },
      materials: memberMaterials(desk.implementation.materials, bundle.materials),
    });
    const id = caseIdOf(node, randomUUID());
    const hash = trackingHash(number, bundle.trackingCode);
    const filed = await writer.open(tx, { id, application: text, trackingHash: hash }, step, now());
    if (filed.file.acceptor !== node) {
      await writer.append(tx, filed, forwardCase(desk, filed.file, null), now());
    }
    await linkMember(tx, bundle.id, item, id);
    return this.#locked(tx, bundle.id);
  }

  /** The one delivery: the documents of all decided members together, in one transaction. */
  async deliver(tx: SharedTx, person: Viewer, input: DeliverBundleInput): Promise<void> {
    const { node, cases, writer, now } = this.#parts;
    const bundle = await lockBundle(tx, input.id);
    if (!bundle) return this.unknown(input.id);
    const { state } = progressOf(bundle.bundle, bundle.members);
    if (state !== 'DELIVERY_DUE') throw problem('BUNDLE_OPEN', `The bundle is ${state}; nothing is delivered now.`);
    const due = deliverables(bundle.members);
    await lockCases(
      tx,
      due.flatMap(({ case: file }) => file?.id ?? []),
    );
    for (const { item, case: file } of due) {
      const stored = file && (await lockCase(tx, file.id));
      if (!stored || custodyAt(stored.file, node) !== 'HELD') {
        throw problem('BUNDLE_OPEN', `The document of ${item} is not at ${node} yet.`, { node });
      }
      const desk = await cases.deskAt(tx, person, stored.file);
      await writer.append(tx, stored, deliverCase(desk, stored.file, input.way, input.note), now());
    }
  }

  /** Gives a bundle and all its cases, also those it files later, another tracking code. @throws {ProblemError} NOT_FOUND */
  async recode(tx: SharedTx, id: string, code: string): Promise<void> {
    const { members } = await this.#locked(tx, id);
    await saveCode(tx, id, code);
    for (const { case: file } of members) {
      if (file) await setTrackingCode(tx, file, code);
    }
  }

  /** The view of a bundle, by its id. */
  async viewById(tx: SharedTx, id: string): Promise<BundleView> {
    return this.view(await this.#locked(tx, id));
  }

  view(bundle: StoredBundle): BundleView {
    const { statuses, ...progress } = progressOf(bundle.bundle, bundle.members);
    return {
      id: bundle.id,
      item: bundle.item,
      node: this.#parts.node,
      place: bundle.place,
      filedAt: bundle.filedAt,
      ...progress,
      members: bundle.members.map(({ item, case: file, fault }) => ({
        item,
        status: statuses.get(item) ?? 'WAITING',
        case: file && { id: file.id, number: file.number, state: file.state, custodian: file.custodian },
        fault,
      })),
    };
  }

  async #locked(tx: SharedTx, id: string): Promise<StoredBundle> {
    return (await lockBundle(tx, id)) ?? this.unknown(id);
  }

  /** @throws {ProblemError} NOT_FOUND */
  unknown(id: string): never {
    const { node } = this.#parts;
    throw problem('NOT_FOUND', `${node} knows no bundle ${id.slice(0, 60)}.`, { node, field: 'id' });
  }
}
