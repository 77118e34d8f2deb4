import type { DivisionCode } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import type { HandlingView } from '../domains/handling/services.ts';
import type { NodeServices, RoleContext } from '../graph/services.ts';
import type { CaseFile } from '../case/case-file.ts';
import { custodyAt, outstanding, resultOf } from '../case/case-file.ts';
import type { Viewer } from '../operation/permissions.ts';

type Overrides = { [K in Exclude<keyof NodeServices, 'perform'>]?: Partial<NodeServices[K]> } & Partial<
  Pick<NodeServices, 'perform'>
>;

/** What a node answers in a test; whatever the test does not give is refused as NOT_FOUND. */
export function servicesOf(given: Overrides): NodeServices {
  const none = () => Promise.reject(problem('NOT_FOUND', 'This node does not answer that.'));
  return {
    proxy: { ofCase: none, agentCases: none, logContact: none, revokeConsent: none, takeOver: none, ...given.proxy },
    roster: {
      roster: none,
      coverage: none,
      standIns: none,
      absences: none,
      changes: none,
      keepAgent: none,
      endAgent: none,
      recordTraining: none,
      nameStandIn: none,
      endStandIn: none,
      reportAbsence: none,
      endAbsence: none,
      ...given.roster,
    },
    reads: { note: () => Promise.resolve(), ofTracked: none, ofSubject: none, ...given.reads },
    filing: {
      getMany: none,
      file: none,
      draft: none,
      fileDraft: none,
      supplement: none,
      track: none,
      rate: none,
      ...given.filing,
    },
    handling: {
      getMany: none,
      list: none,
      accept: none,
      refuse: none,
      requestSupplement: none,
      review: none,
      decide: none,
      forward: none,
      return: none,
      requestPrecheck: none,
      precheck: none,
      startProcedure: none,
      endProcedure: none,
      extend: none,
      decideOnTheSpot: none,
      issueDocument: none,
      assign: none,
      deliver: none,
      close: none,
      rate: none,
      terminate: none,
      void: none,
      transfer: none,
      document: none,
      notice: none,
      withdraw: none,
      recall: none,
      ...given.handling,
    },
    bundles: { file: none, get: none, list: none, deliver: none, ...given.bundles },
    catalogue: { getMany: none, catalogueSeq: none, basis: none, drift: none, ...given.catalogue },
    sharing: {
      offers: none,
      request: none,
      requests: none,
      supplied: none,
      use: none,
      lights: none,
      ...given.sharing,
    },
    figures: { rollup: none, projects: none, standardization: none, ...given.figures },
    implementation: { getMany: none, ...given.implementation },
    perform: given.perform ?? none,
    joint: {
      ofCase: none,
      open: none,
      giveOpinion: none,
      excuse: none,
      excuseFromVisit: none,
      requests: none,
      request: none,
      material: none,
      scheduleVisit: none,
      recordVisit: none,
      confirmCorrection: none,
      resolveObjection: none,
      withdrawQuestion: none,
      ...given.joint,
    },
    projects: {
      get: none,
      list: none,
      register: none,
      amend: none,
      reachPhase: none,
      flagKey: none,
      dispatch: none,
      answerOrder: none,
      end: none,
      ...given.projects,
    },
    hearings: {
      ofCase: none,
      tellInterested: none,
      hearParty: none,
      offer: none,
      request: none,
      waive: none,
      call: none,
      recuseChair: none,
      hold: none,
      ...given.hearings,
    },
  };
}

/** A host that serves these nodes and no others. */
export function contextOf(
  nodes: Record<DivisionCode, Overrides>,
  at: DivisionCode | null = null,
  viewer: Viewer | null = null,
): RoleContext {
  return {
    viewer,
    at,
    services(node) {
      const given = nodes[node];
      if (!given) throw problem('MISROUTED', `This host does not serve ${node}.`, { node });
      return servicesOf(given);
    },
  };
}

/** A case as a node shows it. */
export function handlingView(file: CaseFile, node: DivisionCode): HandlingView {
  return {
    id: file.id,
    custodian: file.custodian,
    state: file.state,
    custody: custodyAt(file, node),
    inTransitTo: file.inTransitTo,
    log: [],
    clock: null,
    precheck: file.precheck,
    procedures: file.procedures,
    renewal: file.renewal,
    extension: file.extension,
    decision: file.decision,
    issued: file.issued,
    delivery: file.delivery,
    rating: file.rating,
    result: resultOf(file),
    missing: outstanding(file),
    acceptanceDueAt: null,
    project: file.project,
    greenChannel: file.greenChannel,
    urgency: file.urgency && { ...file.urgency, dueAt: null },
    withdrawalRequestedAt: null,
    answeredBy: node,
    staleSince: file.custodian === node ? null : file.lastAt,
  };
}
