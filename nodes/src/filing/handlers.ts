import { randomUUID } from 'node:crypto';
import type { CaseFile, Material, SuccessionOf } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Filing, FiledCaseView, FileCaseInput, filing, TrackedCaseView } from '@liandong/schema/domains/filing';
import type { PreparedMutation, Viewer } from '@liandong/schema/operation';
import { draftCase, fileCase, mayArrangeMaterials, mayCorrectApplication } from '@liandong/schema/domains/filing';
import { caseIdOf, dayOf } from '@liandong/schema/kernel';
import { rateByApplicant } from '@liandong/schema/domains/handling';
import { requireClearReader } from '@liandong/schema/operation';
import { requireOpenNode } from '@liandong/schema/case';
import { requirePurpose } from '@liandong/schema/domains/reads';
import type { CaseDesk, CaseWriter, StoredCase } from '../cases/index.ts';
import { applicationOf, findCase, lockCase, readableCase, unknownCase } from '../cases/index.ts';
import { Serials } from '../case-numbers/index.ts';
import type { HostDb, NodeHandlers, SharedTx } from '../db/index.ts';
import { judgeLate, noteUsed } from '../devices/index.ts';
import { linkEnquiry } from '../enquiries/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { findStanding } from '../projects/index.ts';
import { HandedIn } from '../uploads/index.ts';
import { arrangement, correction, findEarlier } from './corrections.ts';
import { clearNumber, earlierView, filingView, trackedView } from './filing-views.ts';
import { newApplication } from './new-application.ts';
import { carriedOver, nextApplications } from './next-applications.ts';
import { trackingCodeOf, trackingHash } from '../slips/index.ts';
import { getTracked } from './tracking.ts';

export interface FilingParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  /** The calendar in force now. */
  calendar: () => OfficialCalendar;
  cases: CaseDesk;
  writer: CaseWriter;
  outbox: Outbox;
  failures: Failures;
  /** The successors of closed nodes. */
  successionOf: SuccessionOf;
  now: () => Date;
}

type FilingHandlers = NodeHandlers<typeof filing>;

/** 收件 at one node: applications at its desk, and the applicant's queries with number and code. */
export function filingHandlers(parts: FilingParts): FilingHandlers {
  const { node, cases } = parts;
  const serials = new Serials(parts.db, node);
  return {
    async case({ viewer, input: { id } }) {
      return filingView(await cases.readings.readable(viewer, id), node, viewer);
    },

    async showPersonalData({ viewer, input: { case: id, field, entry, purpose } }) {
      const stored = await cases.readings.readable(viewer, id);
      requireClearReader(viewer, stored.file.holders, parts.divisions);
      requirePurpose(purpose);
      return clearNumber(applicationOf(stored, node), field, entry ?? null);
    },

    async track({ queries, input: { number, code } }) {
      return shownToApplicant(parts, await getTracked(queries, number, code));
    },

    fileCase: opening(parts, serials, fileCase),
    draftCase: opening(parts, serials, draftCase),

    fileDraft: {
      async prepare({ input }) {
        const given = await HandedIn.read(input.materials, parts.now);
        return async ({ viewer, tx, file }, take) => {
          const materials = await given.named(tx, viewer);
          const step = take({ ...(await drafted(tx, file)), materials });
          await given.store(tx, viewer);
          return step;
        };
      },
    },

    supplementCase: {
      async prepare({ input }) {
        const given = await HandedIn.read(input.materials, parts.now);
        return async ({ viewer, tx }, take) => {
          const step = take(await given.named(tx, viewer));
          await given.store(tx, viewer);
          return step;
        };
      },
    },

    arrangeMaterials: {
      async prepare({ input }) {
        return async ({ viewer, tx, context, file }, take) => {
          // before anything of the input is judged
          mayArrangeMaterials(context, file);
          const { kept, uploads } = arrangement(file, input.materials);
          const given = await HandedIn.read(uploads, parts.now);
          const brought = await given.named(tx, viewer);
          const materials = kept.map((material) => material ?? brought.shift());
          const step = take(materials.filter((material) => material !== undefined));
          await given.store(tx, viewer);
          return step;
        };
      },
    },

    correctApplication: async ({ tx, context, file, input }, take) => {
      mayCorrectApplication(context, file);
      return take(await correction(tx, file, input, context.now));
    },

    async earlierApplications({ viewer, queries, input }) {
      const { file } = await readableCase(parts, queries, viewer, input.case, 'case');
      return (await findEarlier(queries, input.case)).map((earlier) => earlierView(earlier, file, viewer));
    },

    nextApplications: ({ viewer, queries, input }) => nextApplications(parts, queries, viewer, input.case),

    fileNextApplication: {
      async prepare({ input }) {
        requireOpenNode(node, parts.successionOf);
        const given = await HandedIn.read(input.materials, parts.now);
        const number = await serials.take(dayOf(parts.now()));
        return {
          lane: number,
          work: ({ viewer, tx, once }) =>
            openedOnce(parts, tx, viewer, once, async () => {
              const { ready, ...carried } = await carriedOver(parts, tx, viewer, input);
              return { number, input: carried, given, ready, rule: fileCase };
            }),
        };
      },
    },

    rateService: rating(parts),
  };
}

/** Files an application or drafts it, as the rule says. */
function opening(
  parts: FilingParts,
  serials: Serials,
  rule: typeof fileCase,
): PreparedMutation<Viewer, FileCaseInput, FiledCaseView, SharedTx> {
  const { node, successionOf, now } = parts;
  return {
    async prepare({ input }) {
      // before a number is given out or a byte is read
      requireOpenNode(node, successionOf);
      const given = await HandedIn.read(input.materials, now);
      const number = input.late?.number ?? (await serials.take(dayOf(now())));
      return {
        lane: number,
        work: ({ viewer, tx, once }) =>
          openedOnce(parts, tx, viewer, once, async () => ({ number, input, given, ready: [], rule })),
      };
    },
  };
}

/** Opens a case once under its key. @returns it as it is now */
async function openedOnce(
  parts: FilingParts,
  tx: SharedTx,
  viewer: Viewer,
  once: <T>(work: () => Promise<T>) => Promise<T>,
  ask: () => Promise<Asked>,
): Promise<FiledCaseView> {
  let opened: StoredCase | undefined;
  const { id, trackingCode } = await once(async () => {
    const made = await openCase(parts, tx, viewer, await ask());
    opened = made.opened;
    return { id: opened.id, trackingCode: made.trackingCode };
  });
  const stored = opened ?? (await lockCase(tx, id));
  if (!stored) throw unknownCase(parts.node, id);
  return { filing: filingView(stored, parts.node, viewer), trackingCode };
}

/** An application to open a case with. */
export interface Asked {
  number: string;
  input: Omit<FileCaseInput, 'materials' | 'idempotencyKey'>;
  given: HandedIn;
  /** Materials whose bytes are here already. */
  ready: readonly Material[];
  rule: typeof fileCase;
}

async function openCase(
  { node, divisions, cases, writer, now }: FilingParts,
  tx: SharedTx,
  viewer: Viewer,
  { number, input, given, ready, rule }: Asked,
): Promise<{ opened: StoredCase; trackingCode: string }> {
  const { item, applicant, consent, amountFen, project, renewal, enquiry } = input;
  const place = input.place ?? node;
  const form = input.form ?? [];
  const { text, logged } = newApplication({ applicant, consent, form });
  const standing = project ? await findStanding(tx, project) : null;
  const enteredAt = now();
  const late = input.late ? await judgeLate(tx, viewer, input.late, enteredAt) : null;
  // what was received before is judged by the day it was received
  const desk = await cases.deskFor(tx, viewer, item, place, late?.receivedAt ?? enteredAt);
  const step = rule(desk, {
    number,
    place,
    ...logged,
    facts: { amountFen },
    form,
    ...(project ? { project: { id: project, standing } } : {}),
    ...(renewal ? { renewal } : {}),
    ...(late ? { late: { device: late.device } } : {}),
    materials: [...ready, ...(await given.named(tx, viewer))],
  });
  await given.store(tx, viewer);
  const id = caseIdOf(node, randomUUID());
  const trackingCode = trackingCodeOf();
  const opening = { id, application: text, trackingHash: trackingHash(number, trackingCode) };
  const opened = await writer.open(tx, opening, step, enteredAt);
  if (late) await noteUsed(tx, late, id, enteredAt);
  if (enquiry) await linkEnquiry(tx, viewer, divisions, enquiry, { id, item });
  return { opened, trackingCode };
}

/** The content of a draft, without the materials it has already. */
async function drafted(tx: SharedTx, { id, number, place, application, facts }: CaseFile): Promise<Filing> {
  const stored = await findCase(tx, id);
  const first = stored?.lines[0]?.line;
  const data = first?.action === 'DRAFTED' ? first.data : null;
  const { form = [] } = applicationOf(stored ?? { id, application: null }, tx.node);
  const renewal = data?.renewal ? { renewal: data.renewal } : {};
  return { number, place, application, facts, consent: data?.consent ?? null, form, ...renewal, materials: [] };
}

/** The applicant's own rating, written here or sent to the case's custodian. */
function rating(parts: FilingParts): FilingHandlers['rateService'] {
  const { node, writer, outbox, now } = parts;
  return async ({ tx, input: { number, code, grade }, once }) => {
    const { id } = await getTracked(tx, number, code);
    const stored = await lockCase(tx, id);
    if (!stored) throw unknownCase(node, id);
    let rated = stored;
    await once(async () => {
      const step = rateByApplicant(stored.file, grade);
      const { custodian } = stored.file;
      if (custodian === node) rated = await writer.append(tx, stored, step, now());
      else await outbox.enqueue(tx, [{ receiver: custodian, kind: 'RATING', caseId: id, body: { case: id, grade } }]);
      return true;
    });
    return shownToApplicant(parts, rated);
  };
}

function shownToApplicant({ node, calendar, divisions, now }: FilingParts, stored: StoredCase): TrackedCaseView {
  return trackedView(stored, node, calendar(), divisions, now());
}
