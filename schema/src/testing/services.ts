import { reportView } from '../domains/reports/views.ts';
import type { DivisionCode } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import type { HandlingView } from '../domains/handling/views.ts';
import type { NodeServices, RoleContext } from '../graph/services.ts';
import type { CaseFile } from '../case/case-file.ts';
import { custodyAt, outstanding, resultOf } from '../case/case-file.ts';
import type { Domain } from '../operation/domain.ts';
import { performing } from '../operation/handlers.ts';
import type { Viewer } from '../operation/permissions.ts';

type Overrides = { [K in Exclude<keyof NodeServices, 'perform'>]?: Partial<NodeServices[K]> } & Partial<
  Pick<NodeServices, 'perform'>
>;

const none = () => Promise.reject(problem('NOT_FOUND', 'This node does not answer that.'));

/** A node that does these operations of a domain, and refuses all else as NOT_FOUND. */
export function doing<D extends Domain>(_domain: D, answers: Parameters<typeof performing<D>>[0]): Overrides {
  return { perform: performing<D>(answers, none) };
}

/** A test's node; it refuses with NOT_FOUND every call the test gives no answer for. */
export function servicesOf(given: Overrides): NodeServices {
  return {
    roster: { coverage: none, ...given.roster },
    meetings: { ofCase: () => Promise.resolve(null), ...given.meetings },
    casesWithin: { part: none, ...given.casesWithin },
    accounts: { homesOf: none, signIn: none, choosePassword: none, postsOf: none, ...given.accounts },
    reads: { note: () => Promise.resolve(), ...given.reads },
    filing: { getMany: none, ...given.filing },
    handling: { getMany: none, ...given.handling },
    catalogue: { getMany: none, catalogueSeq: none, basis: none, drift: none, ...given.catalogue },
    implementation: { getMany: none, ...given.implementation },
    perform: given.perform ?? none,
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
    deadline: Infinity,
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
    appliedFen: null,
    reviews: [],
    decision: file.decision,
    answer: file.answer,
    report: reportView(file, file.lastAt),
    issued: file.issued && { ...file.issued, verificationCode: `${file.issued.node}-CODE` },
    delivery: file.delivery,
    rating: file.rating,
    result: resultOf(file),
    missing: outstanding(file),
    acceptanceDueAt: null,
    project: file.project,
    greenChannel: file.greenChannel,
    urgency: file.urgency && { ...file.urgency, dueAt: null },
    withdrawalRequestedAt: null,
    handler: null,
    answeredBy: node,
    staleSince: file.custodian === node ? null : file.lastAt,
  };
}
