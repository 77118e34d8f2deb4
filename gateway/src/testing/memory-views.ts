import type { CaseState } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { FilingView, TrackedCaseView } from '@liandong/schema/domains/filing';
import type { HandlingView, LogEntryView } from '@liandong/schema/domains/handling';
import type { Implementation, Item } from '@liandong/schema/domains/catalogue';
import type { ImplementationView } from '@liandong/schema/domains/implementation';
import type { ItemView } from '@liandong/schema/domains/item-life';
import type { CasesAsked, CasesPart } from '@liandong/schema/domains/subtree-cases';
import { placesOf } from '@liandong/schema/domains/subtree-cases';

export const FILED_AT = new Date('2026-03-02T01:30:00.000Z');
/** Time of the last update of copies. */
export const COPIED_AT = new Date('2026-03-03T02:00:00.000Z');

/** What one node knows about one case. */
export interface KnownCase {
  id: string;
  number: string;
  item: string;
  filingNode: DivisionCode;
  decider: DivisionCode;
  /** The node this node takes for the custodian: itself, the true one, or a former one. */
  custodian: DivisionCode;
  state: CaseState;
}

export function filingOf(code: DivisionCode, known: KnownCase): FilingView {
  const { id, number, item, filingNode, decider, custodian } = known;
  return {
    id,
    number,
    item,
    filedAt: FILED_AT,
    late: null,
    filedBy: `told by ${code}`,
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
    answeredBy: code,
    staleSince: filingNode === code ? null : COPIED_AT,
  };
}

export function handlingOf(code: DivisionCode, known: KnownCase): HandlingView {
  const { id, custodian, state, filingNode } = known;
  const held = custodian === code;
  const line = (seq: number, node: DivisionCode, action: LogEntryView['action']): LogEntryView => ({
    seq,
    at: new Date(FILED_AT.getTime() + seq * 1000),
    node,
    actor: `person of ${node}`,
    actorRole: 'CLERK',
    action,
    note: `told by ${code}`,
    // data is shown by the node that answers, whatever it is
    entry: { action: 'CLOSED', data: {} },
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
    appliedFen: null,
    reviews: [],
    decision: null,
    answer: null,
    report: null,
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
    handler: null,
    answeredBy: code,
    staleSince: held ? null : COPIED_AT,
  };
}

export function itemOf(code: DivisionCode, item: Item): ItemView {
  return {
    item: { ...item, note: `told by ${code}` },
    answeredBy: code,
    staleSince: ownerOf(item.code) === code ? null : COPIED_AT,
  };
}

export function implementationOf(code: DivisionCode, implementation: Implementation): ImplementationView {
  return {
    implementation: {
      ...implementation,
      materials: [
        { name: `told by ${code}`, required: true, providedBy: 'APPLICANT', held: false },
        ...implementation.materials,
      ],
    },
    answeredBy: code,
    staleSince: implementation.node === code ? null : COPIED_AT,
  };
}

export function trackedOf(code: DivisionCode, known: KnownCase): TrackedCaseView {
  return {
    number: known.number,
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
        actor: `told by ${code}`,
        post: 'AGENT',
        insteadOf: null,
        byProxy: false,
      },
    ],
    proxy: null,
    answeredBy: code,
  };
}

/** The node whose code the item's code begins with: `3310-MZ-001` belongs to the city. */
export function ownerOf(item: string): DivisionCode {
  return `${item.slice(0, 4)}00`;
}

/** The cases a node holds, each due a minute after the one of the number before. */
export function queuedOf(code: DivisionCode, known: readonly KnownCase[], { first, from }: CasesAsked): CasesPart {
  const after = placesOf(from, code).running;
  const rows = known
    .filter(({ custodian }) => custodian === code)
    .map(({ id, number }) => {
      const due = new Date(FILED_AT.getTime() + Number(number.split('-').at(-1)) * 60_000).toISOString();
      return { list: 'running' as const, id, key: due, due };
    })
    .filter(({ key, id }) => after === null || compare([key, code, id], after) > 0)
    .sort((a, b) => compare([a.key, code, a.id], [b.key, code, b.id]));
  return { asOf: COPIED_AT.toISOString(), rows: rows.slice(0, first + 1) };
}

function compare(place: readonly string[], other: readonly string[]): number {
  const at = place.findIndex((part, i) => part !== other[i]);
  if (at === -1) return 0;
  return (place[at] ?? '') < (other[at] ?? '') ? -1 : 1;
}
