import { randomUUID } from 'node:crypto';
import type { CaseState } from '@liandong/schema/case';
import type { FileCaseInput, FiledCaseView, filing, TrackedCaseView } from '@liandong/schema/domains/filing';
import type { finding } from '@liandong/schema/domains/finding';
import type { HandlingKey, HandlingView, handling } from '@liandong/schema/domains/handling';
import type { HeldPost, SignedIn } from '@liandong/schema/domains/accounts';
import type { NodeServices } from '@liandong/schema/graph';
import type { catalogue, CatalogEntryView, Implementation, Item, ItemHead } from '@liandong/schema/domains/catalogue';
import type { DataOffer, DataOfferView, sharing } from '@liandong/schema/domains/sharing';
import type { delegation } from '@liandong/schema/domains/delegation';
import type { PaperPartView, papers } from '@liandong/schema/domains/papers';
import type { DivisionCode, ProblemError } from '@liandong/schema/kernel';
import type { Domain, Page, PageRequest, Viewer } from '@liandong/schema/operation';
import type { SignalView, signals } from '@liandong/schema/domains/signals';
import type { PlaceRoster } from '@liandong/schema/domains/roster';
import type { UploadView, uploads } from '@liandong/schema/domains/uploads';
import type { NodeFeedsView, operators } from '@liandong/schema/domains/operators';
import type { RollupView, StandardizationView, figures } from '@liandong/schema/domains/figures';
import { performing } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import { judgePiece } from '@liandong/schema/domains/uploads';
import { standardizationOf } from '@liandong/schema/domains/figures';
import type { KnownCase } from './memory-views.ts';
import {
  COPIED_AT,
  FILED_AT,
  filingOf,
  handlingOf,
  implementationOf,
  itemOf,
  ownerOf,
  queuedOf,
  trackedOf,
} from './memory-views.ts';

/** A paper, or a ZIP of papers. */
export interface MemoryPaper extends Omit<PaperPartView, 'bytes' | 'size' | 'entries'> {
  bytes: Buffer;
  /** The one person it was made for. */
  readBy?: string;
  /** What a ZIP holds. */
  holds?: readonly MemoryPaper[];
  /** How often it says that it is being prepared. */
  preparing?: number;
}

/** An upload as far as it has come. */
interface MemoryUpload {
  view: UploadView;
  by: string;
  bytes: Buffer;
}

/** The operations it answers. */
type Answered = Domain<
  (typeof filing)['operations'] &
    (typeof handling)['operations'] &
    (typeof finding)['operations'] &
    (typeof figures)['operations'] &
    (typeof delegation)['operations'] &
    (typeof catalogue)['operations'] &
    (typeof sharing)['operations'] &
    (typeof papers)['operations'] &
    (typeof uploads)['operations'] &
    (typeof signals)['operations'] &
    (typeof operators)['operations']
>;

/**
 * One node in memory: it keeps what it was given and answers by the contract. Free texts name the node that answered:
 * `filedBy`, the note of a log line, an item's note, an implementation's first material.
 */
export class MemoryNode implements NodeServices {
  readonly code: DivisionCode;
  readonly cases = new Map<string, KnownCase>();
  readonly items = new Map<string, Item>();
  readonly implementations = new Map<string, Implementation>();
  /** The deciding node of each item, by this node's catalogue. */
  readonly deciders = new Map<string, DivisionCode>();
  /** Cases that this node shows to no caller. */
  readonly forbidden = new Set<string>();
  /** Cases it knows, whose later progress it never received. */
  readonly unheard = new Set<string>();
  /** Whether it has lost its copies of others' items and implementations. */
  withoutCopies = false;
  /** The last entry of the city's catalogue feed that it holds. */
  seq = 1;
  /** Papers it holds, by the ticket that opens them. */
  readonly papers = new Map<string, MemoryPaper>();
  /** Forms by their digests; those without bytes have not come yet. */
  readonly forms = new Map<string, { fileName: string; mediaType: string; bytes: Buffer | null }>();
  /** Uploads by id, with the person they belong to and the bytes that came. */
  readonly uploads = new Map<string, MemoryUpload>();
  /** Signals of its people, in order; a cursor is their number. */
  readonly signals: SignalView[] = [];
  /** Thrown by every question, as by a fault of the program. */
  fault: Error | null = null;

  constructor(code: DivisionCode) {
    this.code = code;
  }

  readonly reads: NodeServices['reads'] = { note: () => Promise.resolve() };

  readonly filing: NodeServices['filing'] = {
    getMany: async (viewer, ids) => ids.map((id) => this.#ask(viewer, id, (known) => filingOf(this.code, known))),
  };

  readonly handling: NodeServices['handling'] = {
    getMany: async (viewer, keys) => keys.map((key) => this.#handling(viewer, key)),
  };

  readonly catalogue: NodeServices['catalogue'] = {
    getMany: async (codes) =>
      codes.map((code) => {
        const item = this.items.get(code);
        const lost = this.withoutCopies && ownerOf(code) !== this.code;
        return item && !lost ? itemOf(this.code, item) : problem('ITEM_UNKNOWN', 'Not in this catalogue.');
      }),
    catalogueSeq: async () => {
      if (this.fault) throw this.fault;
      return this.seq;
    },
    basis: async () => {
      if (this.fault) throw this.fault;
      return { items: [...this.items.values()].map((item) => ({ head: headOf(item), item })), heardAt: null };
    },
    drift: async (basis) => {
      if (this.fault) throw this.fault;
      const own = [...this.implementations.values()].filter(({ node }) => node === this.code);
      const codes = new Set([...basis.map(({ code }) => code), ...this.items.keys(), ...own.map(({ item }) => item)]);
      // a node may leave every comparison to the gateway
      const differing = [...codes].sort().map((code) => ({
        code,
        own: this.items.get(code) ?? null,
        implementation: own.find(({ item }) => item === code) ?? null,
      }));
      return { drift: [], differing };
    },
  };

  readonly implementation: NodeServices['implementation'] = {
    getMany: async (keys) =>
      keys.map(({ item, node }) => {
        const found = this.implementations.get(`${item} ${node}`);
        const lost = this.withoutCopies && node !== this.code;
        return found && !lost
          ? implementationOf(this.code, found)
          : problem('NOT_FOUND', 'No such implementation here.');
      }),
  };

  /** Its roster in numbers. */
  placeRoster: PlaceRoster = { agents: 0, gaps: ['NO_AGENT'] };
  readonly roster: NodeServices['roster'] = {
    coverage: async () => {
      if (this.fault) throw this.fault;
      return this.placeRoster;
    },
  };

  readonly meetings: NodeServices['meetings'] = {
    ofCase: async (viewer) => (viewer ? [] : null),
  };

  readonly casesWithin: NodeServices['casesWithin'] = {
    part: async (viewer, asked) => {
      if (this.fault) throw this.fault;
      if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
      if (!viewer.roles.includes('SUPERVISOR'))
        throw problem('FORBIDDEN', 'Only supervisors ask.', { node: this.code });
      return queuedOf(this.code, [...this.cases.values()], asked);
    },
  };

  /** Its people's logins, by name. */
  readonly logins = new Map<string, { secret: string; signedIn: SignedIn; posts: HeldPost[] }>();
  readonly accounts: NodeServices['accounts'] = {
    homesOf: async (_issuer, username) => {
      if (this.fault) throw this.fault;
      return this.logins.has(username) ? [this.code] : [];
    },
    signIn: async ({ username, secret }) => {
      if (this.fault) throw this.fault;
      const login = this.logins.get(username);
      return login?.secret === secret ? login.signedIn : null;
    },
    choosePassword: async ({ username, secret, next }) => {
      const login = this.logins.get(username);
      if (login?.secret !== secret) return null;
      login.secret = next;
      login.signedIn = { ...login.signedIn, mustChoose: false };
      return login.signedIn;
    },
    postsOf: async (_issuer, sub) => {
      if (this.fault) throw this.fault;
      return [...this.logins.values()].flatMap(({ signedIn, posts }) => (signedIn.sub === sub ? posts : []));
    },
  };

  readonly perform = performing<Answered>(
    {
      case: async (viewer, { id }) => this.#must(viewer, id, (known) => filingOf(this.code, known)),
      track: async (_viewer, { number, code }) => this.#track(number, code),
      fileCase: async (viewer, input) => this.#file(viewer, input),
      draftCase: async (viewer, input) => this.#file(viewer, input),
      fileDraft: async (viewer, { id }) => this.#must(viewer, id, (known) => filingOf(this.code, known)),
      supplementCase: async (viewer, { id }) => this.#must(viewer, id, (known) => filingOf(this.code, known)),
      rateService: async (_viewer, { number, code }) => this.#track(number, code),
      rollup: async (viewer, { from, to }) => this.#rollup(viewer, from, to),
      standardization: async () => this.#standardization(),
      cases: async (viewer, { filter }, page) => this.#list(viewer, filter?.states ?? null, page),
      findCases: async (viewer) => this.#list(viewer, null, { first: 200, after: null }).nodes,
      nodeFeeds: async (viewer) => this.#feeds(viewer),
      acceptCase: async (viewer, input) => this.#accept(viewer, input.id),
      signals: async (viewer, _input, page) => this.#signals(viewer, page),
      resultDocument: async (viewer, input) => this.#must(viewer, input.case, () => `told by ${this.code}`),
      catalog: async (_viewer, { search }, page) => this.#catalog(search ?? null, page),
      item: async (_viewer, { code }) => itemOf(this.code, this.#known(code)),
      catalogEntry: async (_viewer, { item }) => this.#entryOf(this.#known(item)),
      guide: async (_viewer, { item }) => ({
        item: itemOf(this.code, this.#known(item)),
        markdown: `# told by ${this.code}`,
        flow: { item, place: this.code, title: `told by ${this.code}`, lanes: [], nodes: [], edges: [] },
        power: this.deciders.get(item) ?? null,
        forms: [],
      }),
      formPart: async (_viewer, { sha256, offset, length }) => {
        const form = this.forms.get(sha256);
        if (!form) throw problem('NOT_FOUND', 'No published item names this form.');
        const { bytes, ...known } = form;
        if (!bytes) throw problem('FORM_NOT_HERE', 'Not here yet.');
        return { ...known, size: bytes.length, bytes: bytes.subarray(offset, offset + length).toString('base64') };
      },
      competence: async (_viewer, { item, division }) => ({
        acceptor: this.code,
        decider: this.deciders.get(item) ?? this.code,
        power: this.deciders.get(item) ?? this.code,
        through: { accept: null, review: null, decide: null },
        reasons: [`told by ${this.code}`],
        item,
        place: division,
        answeredBy: this.code,
      }),
      delegations: async () => [],
      delegationRequests: async () => [],
      dataOffers: async (viewer, { material }) => this.#offers(viewer, material),
      dataRequests: async () => [],
      suppliedMaterials: async () => [],
      dataLights: async () => [],
      paperPart: async (viewer, { ticket, entry, offset, length }) => {
        const paper = this.#opened(viewer, ticket, entry);
        const { bytes, holds, sha256, fileName, contentType, inline } = paper;
        const some = bytes.subarray(offset, offset + length).toString('base64');
        const entries = holds?.length ?? 0;
        return { bytes: some, size: bytes.length, sha256, fileName, contentType, inline, entries };
      },
      paperPage: async (viewer, { ticket, page }) => {
        const { bytes } = this.#opened(viewer, ticket, 0);
        return { bytes: bytes.subarray(page, page + 9).toString('base64'), pages: 3 };
      },
      openUpload: async (viewer, { fileName, mediaType, size, sha256 }) =>
        this.#openUpload(viewer, { fileName, mediaType, size, sha256 }),
      addToUpload: async (viewer, { upload: id, offset, bytes }) => this.#addToUpload(viewer, id, offset, bytes),
      discardUpload: async (viewer, { upload: id }) => {
        const { view } = this.#upload(viewer, id);
        this.uploads.delete(id);
        return view;
      },
      upload: async (viewer, { id }) => this.#upload(viewer, id).view,
      dataUse: async (_viewer, { number }) => [
        {
          askedAt: FILED_AT,
          asker: this.code,
          provider: this.code,
          item: null,
          fields: [`${number} told by ${this.code}`],
          state: 'ANSWERED',
          answeredBy: this.code,
        },
      ],
    },
    async () => {
      throw problem('ILLEGAL_STEP', 'Not in this state.');
    },
  );

  #openUpload(viewer: Viewer | null, said: Pick<UploadView, 'fileName' | 'mediaType' | 'size' | 'sha256'>): UploadView {
    const id = randomUUID();
    const view = { ...said, id, path: `/uploads/${id}`, received: 0, complete: false, expiresAt: FILED_AT };
    this.uploads.set(id, { view, by: viewer?.sub ?? '', bytes: Buffer.alloc(0) });
    return view;
  }

  #addToUpload(viewer: Viewer | null, id: string, offset: number, bytes: string): UploadView {
    const upload = this.#upload(viewer, id);
    const piece = Buffer.from(bytes, 'base64');
    if (judgePiece(upload.view, offset, piece.length) === 'TAKE') upload.bytes = Buffer.concat([upload.bytes, piece]);
    const { length: received } = upload.bytes;
    upload.view = { ...upload.view, received, complete: received === upload.view.size };
    return upload.view;
  }

  #upload(viewer: Viewer | null, id: string): MemoryUpload {
    const upload = this.uploads.get(id);
    if (!upload || upload.by !== viewer?.sub) throw problem('NOT_FOUND', 'You have no such upload here.');
    return upload;
  }

  #ask<T>(viewer: Viewer | null, id: string, answer: (known: KnownCase) => T | ProblemError): T | ProblemError {
    if (this.fault) throw this.fault;
    if (!viewer) return problem('UNAUTHENTICATED', 'This needs a login.');
    if (this.forbidden.has(id)) return problem('FORBIDDEN', 'The case does not concern this desk.');
    const known = this.cases.get(id);
    return known ? answer(known) : problem('NOT_FOUND', 'No such case here.');
  }

  #must<T>(viewer: Viewer | null, id: string, answer: (known: KnownCase) => T | ProblemError): T {
    const found = this.#ask(viewer, id, answer);
    if (found instanceof Error) throw found;
    return found;
  }

  #handling(viewer: Viewer | null, { id, copy }: HandlingKey): HandlingView | ProblemError {
    return this.#ask(viewer, id, (known) => {
      if (this.unheard.has(id)) return problem('NOT_FOUND', 'Nothing was heard of the case.');
      if (known.custodian !== this.code && !copy) {
        return problem('NOT_CUSTODIAN', 'Another node holds the case.', { custodian: known.custodian });
      }
      return handlingOf(this.code, known);
    });
  }

  async #file(viewer: Viewer | null, { item, place }: FileCaseInput): Promise<FiledCaseView> {
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    const serial = this.cases.size + 1;
    const known: KnownCase = {
      id: `${this.code}-new-${serial}`,
      number: `${this.code}-20260302-${serial}`,
      item,
      filingNode: this.code,
      decider: place ?? this.code,
      custodian: this.code,
      state: 'FILED',
    };
    this.cases.set(known.id, known);
    return { filing: filingOf(this.code, known), trackingCode: 'CODE' };
  }

  #accept(viewer: Viewer | null, id: string): HandlingView {
    return this.#must(viewer, id, (known) => {
      if (known.custodian !== this.code) {
        return problem('NOT_CUSTODIAN', 'Another node holds the case.', { custodian: known.custodian });
      }
      known.state = 'ACCEPTED';
      return handlingOf(this.code, known);
    });
  }

  #signals(viewer: Viewer | null, { after, first }: PageRequest): Page<SignalView> {
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    const begin = Number(after ?? 0);
    if (!Number.isInteger(begin)) throw problem('BAD_INPUT', 'after: not a cursor of this list.', { field: 'after' });
    const nodes = this.signals.slice(begin, begin + first);
    const cursors = nodes.map((_, i) => String(begin + i + 1));
    return { nodes, cursors, hasNextPage: begin + first < this.signals.length, hasPreviousPage: begin > 0 };
  }

  /** Names itself as the subscriber. */
  #feeds(viewer: Viewer | null): NodeFeedsView {
    if (this.fault) throw this.fault;
    if (!viewer?.roles.includes('OPERATOR')) throw problem('FORBIDDEN', 'Only operators ask.', { node: this.code });
    return { subscribers: [{ feed: 'CATALOGUE', subscriber: this.code, acked: 1, head: 1 }], subscriptions: [] };
  }

  #track(number: string, code: string): TrackedCaseView {
    if (this.fault) throw this.fault;
    const known = [...this.cases.values()].find((c) => c.number === number);
    if (!known || code !== 'CODE') throw problem('NOT_FOUND', 'No such number, or another code.');
    return trackedOf(this.code, known);
  }

  #list(viewer: Viewer | null, states: CaseState[] | null, { first, after }: PageRequest): Page<HandlingView> {
    if (this.fault) throw this.fault;
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    const all = [...this.cases.values()].filter((c) => states === null || states.includes(c.state));
    const start = after === null ? 0 : Number(after) + 1;
    const page = all.slice(start, start + first);
    return {
      nodes: page.map((known) => handlingOf(this.code, known)),
      cursors: page.map((_, i) => String(start + i)),
      hasNextPage: start + first < all.length,
      hasPreviousPage: start > 0,
    };
  }

  /** An item of its catalogue; throws if the copy is lost. */
  #known(code: string): Item {
    if (this.fault) throw this.fault;
    const item = this.items.get(code);
    if (!item) throw problem('ITEM_UNKNOWN', 'Not in this catalogue.');
    return item;
  }

  #catalog(search: string | null, { first }: PageRequest): Page<CatalogEntryView> {
    if (this.fault) throw this.fault;
    const found = [...this.items.values()].filter((item) => search === null || item.name.includes(search));
    const page = found.slice(0, first);
    return {
      nodes: page.map((item) => this.#entryOf(item)),
      cursors: page.map((_, i) => String(i)),
      hasNextPage: found.length > first,
      hasPreviousPage: false,
    };
  }

  #entryOf(item: Item): CatalogEntryView {
    const decider = this.deciders.get(item.code) ?? null;
    const who = { acceptor: this.code, decider, power: decider };
    return { item: itemOf(this.code, item), ...who, takenInHere: true, available: true };
  }

  #offers(viewer: Viewer | null, material: string | null): DataOfferView[] {
    if (this.fault) throw this.fault;
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    const offer: DataOffer = {
      id: `${this.code}-household`,
      version: 1,
      node: this.code,
      register: '户籍登记',
      name: material ?? '户口簿',
      kind: 'REGISTER',
      fields: [{ name: 'householdNumber', label: '户号', essential: true }],
      askers: { tiers: ['TOWNSHIP'], divisions: [] },
      purposes: [...this.items.keys()],
      consentNeeded: true,
      validFrom: '2026-01-01',
      validTo: null,
    };
    return [{ offer, askableHere: true, answeredBy: this.code, staleSince: null }];
  }

  #standardization(): StandardizationView {
    if (this.fault) throw this.fault;
    const carriedOut = [...this.implementations.values()].flatMap((implementation) => {
      const item = this.items.get(implementation.item);
      return item && implementation.node === this.code ? [{ item, implementation }] : [];
    });
    return { division: this.code, present: standardizationOf(carriedOut), days: [] };
  }

  #opened(viewer: Viewer | null, ticket: string, entry: number): MemoryPaper {
    if (this.fault) throw this.fault;
    const whole = this.papers.get(ticket);
    const paper = entry === 0 ? whole : whole?.holds?.[entry - 1];
    if (!whole || !paper) throw problem('ADDRESS_EXPIRED', 'This address is not valid any more.');
    if (whole.readBy !== undefined && viewer?.sub !== whole.readBy)
      throw problem('FORBIDDEN', 'Made for another person.');
    if (whole.preparing) {
      whole.preparing--;
      throw problem('PAPER_PREPARING', 'The paper is being prepared.');
    }
    return paper;
  }

  #rollup(viewer: Viewer | null, from: string, to: string): RollupView {
    if (this.fault) throw this.fault;
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    const figures = {
      FILED: this.cases.size,
      SUPPLEMENT_REQUESTED: 0,
      ACCEPTED: 0,
      NOT_ACCEPTED: 0,
      GRANTED: 0,
      REFUSED: 0,
      ANSWERED: 0,
      REPORTED: 0,
      FORWARDED_CLOSED: 0,
      DELIVERED: 0,
      WITHDRAWN: 0,
      TERMINATED: 0,
      VOIDED: 0,
      CLOSED: 0,
      CLOSED_IN_TIME: 0,
    };
    const noProxied = { filed: 0, closed: 0, closedDays: 0 };
    return {
      division: this.code,
      from,
      to,
      figures,
      items: [...this.items.keys()].map((item) => ({ item, figures })),
      proxy: noProxied,
      nodes: [{ node: this.code, figures, proxy: noProxied }],
      watermarks: [{ node: this.code, seq: 1, behind: 0, asOf: COPIED_AT }],
      answeredBy: this.code,
    };
  }
}

function headOf({ code, version, name }: Item): ItemHead {
  return { code, version, digest: name };
}
