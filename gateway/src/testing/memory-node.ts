import type {
  CaseFilter,
  CaseState,
  CaseStepInput,
  CatalogEntryView,
  DataOffer,
  DataOfferView,
  DivisionCode,
  FileCaseInput,
  FilingView,
  HandlingKey,
  HandlingView,
  Implementation,
  ImplementationView,
  Item,
  ItemHead,
  ItemView,
  LogEntryView,
  NodeServices,
  Page,
  PageRequest,
  PlaceRoster,
  ProblemError,
  RollupView,
  TrackedCaseView,
  Viewer,
} from '@liandong/schema';
import { feeTotalsOf, problem, reconciliationCsv, standardizationOf } from '@liandong/schema';

export const FILED_AT = new Date('2026-03-02T01:30:00.000Z');
/** When copies last heard of their originals. */
export const COPIED_AT = new Date('2026-03-03T02:00:00.000Z');

/** What one node knows of one case. */
export interface KnownCase {
  id: string;
  number: string;
  item: string;
  filingNode: DivisionCode;
  decider: DivisionCode;
  /** Whom this node takes for the custodian: itself, the true one, or one that no longer is. */
  custodian: DivisionCode;
  state: CaseState;
}

/**
 * One node in memory: it keeps what it was given and answers by the contract. Whatever text can tell says which node
 * spoke: `filedBy`, the note of a log line, an item's note, an implementation's first material.
 */
export class MemoryNode implements NodeServices {
  readonly code: DivisionCode;
  readonly cases = new Map<string, KnownCase>();
  readonly items = new Map<string, Item>();
  readonly implementations = new Map<string, Implementation>();
  /** Who decides each item, as this node's catalogue has it. */
  readonly deciders = new Map<string, DivisionCode>();
  /** Cases of which this node tells nobody anything. */
  readonly forbidden = new Set<string>();
  /** Cases it knows, and whose progress never came back here. */
  readonly unheard = new Set<string>();
  /** Whether it has lost what it held of others' items and implementations. */
  withoutCopies = false;
  /** How far it holds the city's catalogue feed. */
  seq = 1;
  /** Thrown by whatever is asked, as a fault of the program would be. */
  fault: Error | null = null;

  constructor(code: DivisionCode) {
    this.code = code;
  }

  readonly filing: NodeServices['filing'] = {
    getMany: async (viewer, ids) => ids.map((id) => this.#ask(viewer, id, (known) => this.#filingOf(known))),
    file: async (viewer, input) => this.#file(viewer, input),
    draft: async (viewer, input) => this.#file(viewer, input),
    fileDraft: async (viewer, input) => this.#must(viewer, input.id, (known) => this.#filingOf(known)),
    rate: async ({ number, code }) => this.#track(number, code),
    supplement: async (viewer, input) => this.#must(viewer, input.id, (known) => this.#filingOf(known)),
    track: async (number, code) => this.#track(number, code),
  };

  readonly handling: NodeServices['handling'] = {
    getMany: async (viewer, keys) => keys.map((key) => this.#handling(viewer, key)),
    list: async (viewer, filter, page) => this.#list(viewer, filter, page),
    accept: async (viewer, input) => this.#accept(viewer, input),
    refuse: async () => this.#illegal(),
    requestSupplement: async () => this.#illegal(),
    review: async () => this.#illegal(),
    decide: async () => this.#illegal(),
    forward: async () => this.#illegal(),
    return: async () => this.#illegal(),
    requestPrecheck: async () => this.#illegal(),
    precheck: async () => this.#illegal(),
    startProcedure: async () => this.#illegal(),
    endProcedure: async () => this.#illegal(),
    extend: async () => this.#illegal(),
    decideOnTheSpot: async () => this.#illegal(),
    issueDocument: async () => this.#illegal(),
    assign: async () => this.#illegal(),
    deliver: async () => this.#illegal(),
    close: async () => this.#illegal(),
    rate: async () => this.#illegal(),
    terminate: async () => this.#illegal(),
    void: async () => this.#illegal(),
    transfer: async () => this.#illegal(),
    document: async () => this.#illegal(),
    notice: async () => this.#illegal(),
    withdraw: async () => this.#illegal(),
    recall: async () => this.#illegal(),
    linkToProject: async () => this.#illegal(),
    leaveProject: async () => this.#illegal(),
    openGreenChannel: async () => this.#illegal(),
    askUrgency: async () => this.#illegal(),
    decideUrgency: async () => this.#illegal(),
  };

  readonly catalogue: NodeServices['catalogue'] = {
    getMany: async (codes) =>
      codes.map((code) => {
        const item = this.items.get(code);
        const lost = this.withoutCopies && ownerOf(code) !== this.code;
        return item && !lost ? this.#itemOf(item) : problem('ITEM_UNKNOWN', 'Not in this catalogue.');
      }),
    entry: async (code) => {
      if (this.fault) throw this.fault;
      const item = this.items.get(code);
      if (!item) throw problem('ITEM_UNKNOWN', 'Not in this catalogue.');
      return this.#entryOf(item);
    },
    guide: async (code) => {
      if (this.fault) throw this.fault;
      const item = this.items.get(code);
      if (!item) throw problem('ITEM_UNKNOWN', 'Not in this catalogue.');
      return { item: this.#itemOf(item), markdown: `# told by ${this.code}` };
    },
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
      // it may leave every comparison to whoever asks
      const differing = [...codes].sort().map((code) => ({
        code,
        own: this.items.get(code) ?? null,
        implementation: own.find(({ item }) => item === code) ?? null,
      }));
      return { drift: [], differing };
    },
    list: async (search, page) => this.#catalog(search, page),
  };

  readonly implementation: NodeServices['implementation'] = {
    revise: async () => this.#illegal(),
    getMany: async (keys) =>
      keys.map(({ item, node }) => {
        const found = this.implementations.get(`${item} ${node}`);
        const lost = this.withoutCopies && node !== this.code;
        return found && !lost ? this.#implementationOf(found) : problem('NOT_FOUND', 'No such implementation here.');
      }),
  };

  readonly proxy: NodeServices['proxy'] = {
    ofCase: async () => this.#illegal(),
    agentCases: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    logContact: async () => this.#illegal(),
    revokeConsent: async () => this.#illegal(),
    takeOver: async () => this.#illegal(),
  };

  /** What it says of its roster. */
  placeRoster: PlaceRoster = { agents: 0, gaps: ['NO_AGENT'] };
  readonly roster: NodeServices['roster'] = {
    roster: async () => ({ division: this.code, agents: [], gaps: this.placeRoster.gaps }),
    coverage: async () => {
      if (this.fault) throw this.fault;
      return this.placeRoster;
    },
    standIns: async () => [],
    absences: async () => [],
    changes: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    keepAgent: async () => this.#illegal(),
    endAgent: async () => this.#illegal(),
    recordTraining: async () => this.#illegal(),
    nameStandIn: async () => this.#illegal(),
    endStandIn: async () => this.#illegal(),
    reportAbsence: async () => this.#illegal(),
    endAbsence: async () => this.#illegal(),
  };

  readonly itemLife: NodeServices['itemLife'] = {
    draft: async () => this.#illegal(),
    review: async () => this.#illegal(),
    publish: async () => this.#illegal(),
    suspend: async () => this.#illegal(),
    cancel: async () => this.#illegal(),
    history: async () => this.#illegal(),
  };

  readonly figures: NodeServices['figures'] = {
    rollup: async (viewer, from, to) => this.#rollup(viewer, from, to),
    projects: async () => this.#illegal(),
    standardization: async () => {
      if (this.fault) throw this.fault;
      const carriedOut = [...this.implementations.values()].flatMap((implementation) => {
        const item = this.items.get(implementation.item);
        return item && implementation.node === this.code ? [{ item, implementation }] : [];
      });
      return { division: this.code, present: standardizationOf(carriedOut), days: [] };
    },
  };

  readonly delegation: NodeServices['delegation'] = {
    competence: async (item, place) => ({
      acceptor: this.code,
      decider: this.deciders.get(item) ?? this.code,
      power: this.deciders.get(item) ?? this.code,
      through: { accept: null, review: null, decide: null },
      reasons: [`told by ${this.code}`],
      item,
      place,
      answeredBy: this.code,
    }),
    list: async () => [],
    requests: async () => [],
    grant: async () => this.#illegal(),
    request: async () => this.#illegal(),
    declineRequest: async () => this.#illegal(),
    answer: async () => this.#illegal(),
    revoke: async () => this.#illegal(),
    handBack: async () => this.#illegal(),
  };

  readonly sharing: NodeServices['sharing'] = {
    offers: async (viewer, material) => this.#offers(viewer, material),
    request: async () => this.#illegal(),
    requests: async () => [],
    supplied: async () => [],
    use: async (number) => [
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
    lights: async () => [],
  };

  readonly legalBases: NodeServices['legalBases'] = {
    basesOf: async () => [],
    changes: async () => [],
    change: async () => this.#illegal(),
    confirm: async () => this.#illegal(),
  };

  readonly bundles: NodeServices['bundles'] = {
    file: () => Promise.reject(problem('NOT_FOUND', 'no bundles here')),
    get: () => Promise.reject(problem('NOT_FOUND', 'no bundles here')),
    list: () => Promise.resolve([]),
    deliver: () => Promise.reject(problem('NOT_FOUND', 'no bundles here')),
  };
  readonly admission: NodeServices['admission'] = {
    admission: async () => ({ division: this.code, day: '2026-03-02', items: [], fees: [], feeChanges: [] }),
    publishedList: async () => [],
    admit: async () => this.#illegal(),
    exempt: async () => this.#illegal(),
    changeFee: async () => this.#illegal(),
  };

  readonly offices: NodeServices['offices'] = {
    windows: async () => [],
    seals: async () => [],
    transfers: async () => [],
    fullAuthority: async () => ({ division: this.code, day: '2026-03-02', places: [], unauthorized: [] }),
    openWindow: async () => this.#illegal(),
    closeWindow: async () => this.#illegal(),
    authorizeWindow: async () => this.#illegal(),
    revokeAuthority: async () => this.#illegal(),
    registerSeal: async () => this.#illegal(),
    revokeSeal: async () => this.#illegal(),
    transferPowers: async () => this.#illegal(),
  };

  readonly projects: NodeServices['projects'] = {
    get: async () => this.#illegal(),
    list: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    register: async () => this.#illegal(),
    amend: async () => this.#illegal(),
    reachPhase: async () => this.#illegal(),
    flagKey: async () => this.#illegal(),
    dispatch: async () => this.#illegal(),
    answerOrder: async () => this.#illegal(),
    end: async () => this.#illegal(),
  };

  readonly fees: NodeServices['fees'] = {
    ofCases: async () => [],
    bill: async () => this.#illegal(),
    pay: async () => this.#illegal(),
    proposeWaiver: async () => this.#illegal(),
    grantWaiver: async () => this.#illegal(),
    refund: async () => this.#illegal(),
    reconciliation: async (_viewer, day, window) => ({
      division: this.code,
      day,
      window,
      entries: [],
      totals: feeTotalsOf([]),
      csv: reconciliationCsv([]),
    }),
  };

  readonly enquiries: NodeServices['enquiries'] = {
    get: async () => {
      throw problem('NOT_FOUND', 'No such enquiry here.');
    },
    list: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    open: async () => this.#illegal(),
    report: async () => this.#illegal(),
  };

  readonly reads: NodeServices['reads'] = {
    note: () => Promise.resolve(),
    ofTracked: () => Promise.resolve([]),
    ofSubject: () => Promise.resolve([]),
  };

  readonly joint: NodeServices['joint'] = {
    ofCase: async () => this.#illegal(),
    open: async () => this.#illegal(),
    giveOpinion: async () => this.#illegal(),
    excuse: async () => this.#illegal(),
    excuseFromVisit: async () => this.#illegal(),
    requests: async () => ({ nodes: [], cursors: [], hasNextPage: false, hasPreviousPage: false }),
    request: async () => this.#illegal(),
    material: async () => this.#illegal(),
    scheduleVisit: async () => this.#illegal(),
    recordVisit: async () => this.#illegal(),
    confirmCorrection: async () => this.#illegal(),
    resolveObjection: async () => this.#illegal(),
    withdrawQuestion: async () => this.#illegal(),
  };

  readonly hearings: NodeServices['hearings'] = {
    ofCase: async () => this.#illegal(),
    tellInterested: async () => this.#illegal(),
    hearParty: async () => this.#illegal(),
    offer: async () => this.#illegal(),
    request: async () => this.#illegal(),
    waive: async () => this.#illegal(),
    call: async () => this.#illegal(),
    recuseChair: async () => this.#illegal(),
    hold: async () => this.#illegal(),
  };

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

  #illegal(): never {
    throw problem('ILLEGAL_STEP', 'Not in this state.');
  }

  #filingOf(known: KnownCase): FilingView {
    const { id, number, item, filingNode, decider, custodian } = known;
    return {
      id,
      number,
      item,
      filedAt: FILED_AT,
      filedBy: `told by ${this.code}`,
      filingNode,
      place: filingNode,
      acceptor: decider,
      power: decider,
      decider,
      custodian,
      applicant: { name: '张三', idType: 'RESIDENT_ID', idNumber: '3310**********0013', phone: '138****0000' },
      consent: null,
      form: [],
      bundle: null,
      materials: [
        { name: '申请表', fileName: 'form.pdf', mediaType: 'application/pdf', sha256: '0'.repeat(64), size: 9 },
      ],
      answeredBy: this.code,
      staleSince: filingNode === this.code ? null : COPIED_AT,
    };
  }

  #handling(viewer: Viewer | null, { id, copy }: HandlingKey): HandlingView | ProblemError {
    return this.#ask(viewer, id, (known) => {
      if (this.unheard.has(id)) return problem('NOT_FOUND', 'Nothing was heard of the case.');
      if (known.custodian !== this.code && !copy) {
        return problem('NOT_CUSTODIAN', 'Another node holds the case.', { custodian: known.custodian });
      }
      return this.#handlingOf(known);
    });
  }

  #handlingOf(known: KnownCase): HandlingView {
    const { id, custodian, state, filingNode } = known;
    const held = custodian === this.code;
    const line = (seq: number, node: DivisionCode, action: LogEntryView['action']): LogEntryView => ({
      seq,
      at: new Date(FILED_AT.getTime() + seq * 1000),
      node,
      actor: `person of ${node}`,
      actorRole: 'CLERK',
      action,
      note: `told by ${this.code}`,
    });
    return {
      id,
      custodian,
      state,
      custody: held ? 'HELD' : 'ELSEWHERE',
      inTransitTo: null,
      log: [line(1, filingNode, 'FILED'), line(2, custodian, 'RECEIVED')],
      clock: null,
      precheck: null,
      procedures: [],
      renewal: null,
      extension: null,
      decision: null,
      issued: null,
      delivery: null,
      rating: null,
      result: null,
      missing: [],
      acceptanceDueAt: null,
      project: null,
      greenChannel: null,
      urgency: null,
      withdrawalRequestedAt: null,
      answeredBy: this.code,
      staleSince: held ? null : COPIED_AT,
    };
  }

  async #file(
    viewer: Viewer | null,
    { item, place }: FileCaseInput,
  ): Promise<{ filing: FilingView; trackingCode: string }> {
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
    return { filing: this.#filingOf(known), trackingCode: 'CODE' };
  }

  #accept(viewer: Viewer | null, { id }: CaseStepInput): HandlingView {
    return this.#must(viewer, id, (known) => {
      if (known.custodian !== this.code) {
        return problem('NOT_CUSTODIAN', 'Another node holds the case.', { custodian: known.custodian });
      }
      known.state = 'ACCEPTED';
      return this.#handlingOf(known);
    });
  }

  #track(number: string, code: string): TrackedCaseView {
    if (this.fault) throw this.fault;
    const known = [...this.cases.values()].find((c) => c.number === number);
    if (!known || code !== 'CODE') throw problem('NOT_FOUND', 'No such number, or another code.');
    return {
      number,
      item: known.item,
      state: known.state,
      filedAt: FILED_AT,
      custodian: known.custodian,
      dueAt: null,
      missing: [],
      reason: null,
      remedies: null,
      steps: [
        {
          at: FILED_AT,
          node: known.filingNode,
          action: 'FILED',
          actor: `told by ${this.code}`,
          post: 'AGENT',
          insteadOf: null,
          byProxy: false,
        },
      ],
      proxy: null,
      answeredBy: this.code,
    };
  }

  #list(viewer: Viewer | null, filter: CaseFilter, { first, after }: PageRequest): Page<HandlingView> {
    if (this.fault) throw this.fault;
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    const all = [...this.cases.values()].filter((c) => filter.states === null || filter.states.includes(c.state));
    const start = after === null ? 0 : Number(after) + 1;
    const page = all.slice(start, start + first);
    return {
      nodes: page.map((known) => this.#handlingOf(known)),
      cursors: page.map((_, i) => String(start + i)),
      hasNextPage: start + first < all.length,
      hasPreviousPage: start > 0,
    };
  }

  #itemOf(item: Item): ItemView {
    return {
      item: { ...item, note: `told by ${this.code}` },
      answeredBy: this.code,
      staleSince: ownerOf(item.code) === this.code ? null : COPIED_AT,
    };
  }

  #implementationOf(implementation: Implementation): ImplementationView {
    return {
      implementation: {
        ...implementation,
        materials: [
          { name: `told by ${this.code}`, required: true, providedBy: 'APPLICANT', held: false },
          ...implementation.materials,
        ],
      },
      answeredBy: this.code,
      staleSince: implementation.node === this.code ? null : COPIED_AT,
    };
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
    return { item: this.#itemOf(item), ...who, takenInHere: true, available: true };
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
      DELIVERED: 0,
      WITHDRAWN: 0,
      TERMINATED: 0,
      VOIDED: 0,
      CLOSED: 0,
      CLOSED_IN_TIME: 0,
    };
    return {
      division: this.code,
      from,
      to,
      figures,
      items: [...this.items.keys()].map((item) => ({ item, figures })),
      nodes: [{ node: this.code, figures }],
      watermarks: [{ node: this.code, seq: 1, behind: 0, asOf: COPIED_AT }],
      answeredBy: this.code,
    };
  }
}

/** `3310-MZ-001` is the city's whose code begins so. */
function ownerOf(item: string): DivisionCode {
  return `${item.slice(0, 4)}00`;
}

function headOf({ code, version, name }: Item): ItemHead {
  return { code, version, digest: name };
}
