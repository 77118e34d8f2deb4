import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { CaseState } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type {
  Host,
  HostReply,
  HostRequest,
  Placement,
  RoleOperation,
  RoleResult,
  SignalHint,
} from '@liandong/schema/wire';
import type { NodeServices } from '@liandong/schema/graph';
import type { TokenVerifier } from '@liandong/schema/identity';
import type { Viewer } from '@liandong/schema/operation';
import { parseDivisions, problem, ProblemError } from '@liandong/schema/kernel';
import { executeRole, extensionsOf } from '@liandong/schema/graph';
import { hostReplySchema, hostRequestSchema, signalSubject } from '@liandong/schema/wire';
import { implementationSchema, itemSchema } from '@liandong/schema/domains/catalogue';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { Kind, graphql, parse } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { Registry } from '../registry.ts';
import { routedExecutor } from '../route.ts';
import { stitchRoles } from '../stitch.ts';
import type { HintSource, HostCallerOptions, Transport } from '../transport/index.ts';
import { HostCaller } from '../transport/index.ts';
import type { KnownCase } from './memory-views.ts';
import { MemoryNode } from './memory-node.ts';
import { NO_STREAMS } from './no-streams.ts';
import { TokenOffice } from './people.ts';

export const CITY = '331000';
export const COUNTY = '331022';
export const TOWNSHIP = '331022103';
export const VILLAGE = '331022103201';
export const OTHER_VILLAGE = '331022103210';
export const THIRD_VILLAGE = '331022103202';
/** A real place for which no host of the tests answers. */
export const WITHOUT_NODE = '331002';
/** A well-formed code of no place. */
export const NOWHERE = '999999';

/** Published by the city, carried out by the county. */
export const ITEM = '3310-MZ-001';

/** Four tiers on four hosts; the villages share one, as in a county's computer room. */
export const HOSTS = {
  city: [CITY],
  county: [COUNTY],
  township: [TOWNSHIP],
  villages: [VILLAGE, OTHER_VILLAGE, THIRD_VILLAGE],
} as const satisfies Record<string, readonly DivisionCode[]>;
export type HostName = keyof typeof HOSTS;

/** Faults a host can have. */
export type Fault =
  /** The host does not answer. */
  | 'dead'
  /** Answers after any deadline. */
  | 'slow'
  /** Serves none of the nodes it is asked for. */
  | 'misrouted'
  /** Refuses whole requests, with a problem in place of results. */
  | 'refusing'
  /** The way to it fails with an error the gateway does not know. */
  | 'broken';

let register: Divisions | null = null;

/** The real register of 1 city, 9 counties, 136 townships and 3,429 villages. */
export function realDivisions(): Divisions {
  register ??= parseDivisions(
    readFileSync(new URL('../../../data/taizhou-divisions.csv', import.meta.url), { encoding: 'utf8' }),
  );
  return register;
}

export function topologyOf(
  hosts: Readonly<Record<string, readonly DivisionCode[]>>,
  sequence = 1,
  url: string | null = null,
): Placement {
  return { sequence, hosts: Object.entries(hosts).map(([id, nodes]) => ({ id, nodes: [...nodes], url })) };
}

/** Nodes in memory, by host, behind a transport that carries JSON, keeps every request, and fails on demand. */
export class MemoryHosts implements Transport, HintSource {
  /** Every request that was sent, in order. */
  readonly requests: { host: string; request: HostRequest }[] = [];
  readonly faults = new Map<string, Fault>();
  /** Slow hosts whose requests were cancelled. */
  readonly cancelled: string[] = [];
  /** Told of each request that is sent. */
  onSent: (sent: { host: string; request: HostRequest }) => void = () => {};
  /** Errors that were reported and not shown. */
  readonly reported: unknown[] = [];
  closed = false;
  /** Who hears hints, by subject. */
  readonly heard = new Map<string, Set<(payload: Uint8Array) => void>>();
  readonly #back = new Set<() => void>();
  readonly #nodes: ReadonlyMap<DivisionCode, MemoryNode>;
  readonly #served: ReadonlyMap<string, Set<DivisionCode>>;
  readonly #tokens: TokenVerifier;

  constructor(hosts: Readonly<Record<string, readonly DivisionCode[]>>, tokens: TokenVerifier) {
    this.#served = new Map(Object.entries(hosts).map(([id, nodes]) => [id, new Set(nodes)]));
    this.#nodes = new Map(Object.values(hosts).flatMap((nodes) => nodes.map((code) => [code, new MemoryNode(code)])));
    this.#tokens = tokens;
  }

  node(code: DivisionCode): MemoryNode {
    const node = this.#nodes.get(code);
    if (!node) throw new Error(`${code} is no node of this test`);
    return node;
  }

  nodes(): MemoryNode[] {
    return [...this.#nodes.values()];
  }

  async untilCancelled(host: string): Promise<void> {
    while (!this.cancelled.includes(host)) await pause(5);
  }

  /** Lets another host serve a node. */
  move(node: DivisionCode, to: string): void {
    for (const served of this.#served.values()) served.delete(node);
    this.#served.get(to)?.add(node);
  }

  async send(
    host: Host,
    request: HostRequest,
    timeoutMs: number,
    signal: AbortSignal | null = null,
  ): Promise<HostReply> {
    const carried = hostRequestSchema.parse(JSON.parse(JSON.stringify(request)));
    this.requests.push({ host: host.id, request: carried });
    this.onSent({ host: host.id, request: carried });
    switch (this.faults.get(host.id)) {
      case 'dead':
        throw problem('NODE_UNREACHABLE', 'Nobody listens there.');
      case 'broken':
        throw new Error('the plug was pulled');
      case 'refusing':
        return { problem: { code: 'DATABASE_UNAVAILABLE', message: 'No database.' } };
      case 'slow':
        await pause(timeoutMs, undefined, signal ? { signal } : {}).catch(() => void this.cancelled.push(host.id));
        throw problem('DEADLINE_EXCEEDED', 'No answer in time.');
      case 'misrouted':
      case undefined:
        break;
    }
    const reply = { results: await Promise.all(carried.operations.map((operation) => this.#execute(host, operation))) };
    return hostReplySchema.parse(JSON.parse(JSON.stringify(reply)));
  }

  hear(subject: string, take: (payload: Uint8Array) => void): () => void {
    const takers = this.heard.get(subject) ?? new Set();
    this.heard.set(subject, takers.add(take));
    return () => {
      takers.delete(take);
      if (takers.size === 0) this.heard.delete(subject);
    };
  }

  onBack(work: () => void): void {
    this.#back.add(work);
  }

  /** Sends a hint as a host does. */
  hint(hint: SignalHint): void {
    const payload = new TextEncoder().encode(JSON.stringify(hint));
    for (const take of this.heard.get(signalSubject(hint.node, realDivisions())) ?? []) take(payload);
  }

  /** The broker is back. */
  returned(): void {
    for (const work of this.#back) work();
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** As the hosts' own responder does it. */
  async #execute(host: Host, operation: RoleOperation): Promise<RoleResult> {
    const services = (code: DivisionCode): NodeServices => {
      const served = this.faults.get(host.id) !== 'misrouted' && this.#served.get(host.id)?.has(code);
      const node = this.#nodes.get(code);
      if (!served || !node) throw problem('MISROUTED', 'This host does not serve it.', { node: code });
      return node;
    };
    let viewer: Viewer | null;
    try {
      viewer = operation.token === null ? null : await this.#tokens.verify(operation.token);
      if (operation.at !== null) services(operation.at);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { message } = error.problem;
      return { data: null, errors: [{ message, extensions: extensionsOf({ ...error.problem, node: operation.at }) }] };
    }
    const context = { viewer, at: operation.at, deadline: Infinity, services };
    return executeRole(operation, context, (error) => this.reported.push(error));
  }
}

/** The requests each host got, in order: `county _handling[2] + _implementations[1]`. */
export function asked(hosts: MemoryHosts): string[] {
  return hosts.requests.map(({ host, request }) => `${host} ${request.operations.map(described).join(' + ')}`);
}

function described({ query, variables }: RoleOperation): string {
  const [definition] = parse(query).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return '?';
  const names = definition.selectionSet.selections.map((s) => (s.kind === Kind.FIELD ? s.name.value : '?'));
  const { _keys: keys } = variables;
  return names.join(',') + (Array.isArray(keys) ? `[${keys.length}]` : '');
}

/** The one query that answers from four nodes, each part from the node that owns it. */
export const JOURNEY = `query Journey($id: ID!) {
  case(id: $id) {
    id number state filedBy applicationStaleSince staleSince
    item { code name legalBasis statutoryDays note staleSince }
    implementation { promisedDays materials { name required } staleSince }
    applicant { name }
    custodian { code name tier }
    log { seq at node { code name tier } actor action note }
    clock { dueAt remainingDays }
  }
}`;

export const CALLER_OPTIONS: HostCallerOptions = { hostTimeoutMs: 2_000, maxBatch: 200, maxInFlight: 48 };

export interface Filed {
  filingNode?: DivisionCode;
  custodian?: DivisionCode;
  decider?: DivisionCode;
  state?: CaseState;
  /** Further nodes that hold a copy; filing node and custodian always know the case. */
  holders?: readonly DivisionCode[];
  /** Nodes that name a wrong custodian, and the one they name. */
  beliefs?: Readonly<Record<DivisionCode, DivisionCode>>;
}

/** Hosts, registry, caller and the stitched graph over them, with no network between. */
export class MemoryFederation {
  readonly hosts: MemoryHosts;
  readonly tokens: TokenOffice;
  readonly registry: Registry;
  readonly schema: GraphQLSchema;
  #count = 0;

  private constructor(tokens: TokenOffice, hostTimeoutMs: number) {
    this.tokens = tokens;
    this.hosts = new MemoryHosts(HOSTS, tokens.verifier());
    this.registry = new Registry(realDivisions(), topologyOf(HOSTS));
    const caller = new HostCaller(() => this.hosts, { ...CALLER_OPTIONS, hostTimeoutMs });
    this.schema = stitchRoles(
      this.registry.divisions,
      (role) => routedExecutor(role, this.registry, caller),
      NO_STREAMS,
    );
    stockCatalogue(this.hosts);
  }

  static async open(options: { hostTimeoutMs?: number } = {}): Promise<MemoryFederation> {
    return new MemoryFederation(await TokenOffice.open(), options.hostTimeoutMs ?? CALLER_OPTIONS.hostTimeoutMs);
  }

  /** Makes all hosts answer again, and forgets what they were asked. */
  reset(): void {
    this.hosts.requests.length = 0;
    this.hosts.cancelled.length = 0;
    this.hosts.reported.length = 0;
    this.hosts.faults.clear();
    for (const node of this.hosts.nodes()) {
      node.cases.clear();
      node.forbidden.clear();
      node.unheard.clear();
      node.withoutCopies = false;
      node.fault = null;
    }
  }

  /** Stores a case in the nodes that know it. @returns its id */
  file(filed: Filed = {}): string {
    return fileInto(this.hosts, filed, ++this.#count);
  }

  async ask(
    source: string,
    variables: Record<string, unknown>,
    viewer: Viewer | null,
    budgetMs = 60_000,
  ): Promise<ExecutionResult> {
    return this.askIn(await this.contextOf(viewer, budgetMs), source, variables);
  }

  /**
   * A context with the viewer's token already signed, so that questions in several contexts in one turn run side by
   * side.
   */
  async contextOf(viewer: Viewer | null, budgetMs = 60_000): Promise<GatewayContext> {
    return {
      viewer,
      token: viewer && (await this.tokens.token(viewer)),
      deadline: performance.now() + budgetMs,
      signal: null,
    };
  }

  async askIn(
    contextValue: GatewayContext,
    source: string,
    variableValues: Record<string, unknown> = {},
  ): Promise<ExecutionResult> {
    return graphql({ schema: this.schema, source, variableValues, contextValue });
  }
}

/** Every node holds the item; the county owns its implementation, and the nodes below hold copies. */
export function stockCatalogue(hosts: MemoryHosts): void {
  for (const node of hosts.nodes()) {
    const item = itemSchema.parse({
      code: ITEM,
      version: 1,
      name: '最低生活保障审核确认',
      kind: 'PAYMENT',
      processingClass: 'COMMITTED',
      decidingTier: 'COUNTY',
      acceptingTiers: ['TOWNSHIP'],
      statutory: { days: 30, unit: 'WORKDAY' },
      legalBasis: '社会救助暂行办法',
      department: '民政',
      delegableTo: [],
      proxyAllowed: true,
      audiences: [],
      lifeEvents: [],
      crossDistrictWays: [],
      feeSchedule: null,
      bundle: null,
      note: null,
      verified: true,
      status: 'IN_FORCE',
      effectiveFrom: '2026-01-01',
      effectiveTo: null,
      standard: { promised: { days: 18, unit: 'WORKDAY' }, materials: [], maxVisits: 1 },
    });
    node.items.set(ITEM, item);
    node.deciders.set(ITEM, COUNTY);
    if (node.code === CITY) continue;
    const implementation = implementationSchema.parse({
      item: ITEM,
      itemVersion: 1,
      node: COUNTY,
      version: 1,
      promised: { days: 18, unit: 'WORKDAY' },
      materials: [{ name: '申请表', required: true }],
      maxVisits: 1,
    });
    node.implementations.set(`${ITEM} ${COUNTY}`, implementation);
  }
}

export function fileInto(hosts: MemoryHosts, filed: Filed, serial: number): string {
  const { filingNode = VILLAGE, custodian = COUNTY, decider = COUNTY, state = 'REVIEWED' } = filed;
  const id = `${filingNode}-case-${serial}`;
  const number = `${filingNode}-20260302-${String(serial).padStart(5, '0')}`;
  for (const code of new Set([filingNode, custodian, ...(filed.holders ?? [])])) {
    const known: KnownCase = { id, number, item: ITEM, filingNode, decider, custodian, state };
    hosts.node(code).cases.set(id, { ...known, custodian: filed.beliefs?.[code] ?? custodian });
  }
  return id;
}
