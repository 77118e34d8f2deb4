import { currentTrace } from '@liandong/runtime';
import type { ExecutionRequest, ExecutionResult } from '@graphql-tools/utils';
import type { Host, RoleOperation } from '@liandong/schema/wire';
import type { Problem } from '@liandong/schema/kernel';
import { cityOf, filingNodeOf, problem, ProblemError, problemsOf } from '@liandong/schema/kernel';
import { roleSchema } from '@liandong/schema/graph';
import type { GraphQLError } from 'graphql';
import { parse } from 'graphql';
import type { GatewayContext } from './context.ts';
import { answerHere } from './answer-here.ts';
import type { AsksNodes, OwnersAnswer } from './each.ts';
import { answerEach, answerWithin } from './each.ts';
import type { Answer } from './failures.ts';
import { failed, graphqlError, isElsewhere, isWayFault, problemOf } from './failures.ts';
import type { NodeAnswer } from './gather.ts';
import { GATHERINGS } from './gather.ts';
import { GatherRuns } from './gather-runs.ts';
import { KeyTask } from './key-task.ts';
import { MERGINGS } from './merge.ts';
import { countOperation } from './observability/index.ts';
import type { Registry } from './registry.ts';
import type { LookupKey, RoleConfig, Route, SingleRoute } from './roles.ts';
import type { Asked, RootField } from './scatter.ts';
import { argumentType, rootFieldsOf } from './scatter.ts';
import type { HostAnswer, HostCaller } from './transport/index.ts';

/** How often a key may be asked again: at the custodian that a desk names, at a copy, after a move. */
const MAX_ROUNDS = 6;

/** Longest wait of a page over many nodes for the slow ones, ms. */
const SLOW_MS = 2_000;

/** Time of a question reserved for the answer of a node that moved, ms. */
const ANSWER_MS = 1_500;

/**
 * The executor of one role. It finds the node that owns each root field's answer, asks each host once a step, puts the
 * answers back in order, follows an outdated custody pointer, and lets a copy answer for a dead host.
 */
export function routedExecutor(
  role: RoleConfig,
  registry: Registry,
  hosts: HostCaller,
): (request: ExecutionRequest) => Promise<ExecutionResult> {
  const schema = roleSchema(role.name);
  const runs = new GatherRuns();
  return async (request: ExecutionRequest): Promise<ExecutionResult> => {
    const context = request.context as GatewayContext;
    const fields = rootFieldsOf(request.document, (request.variables ?? {}) as Record<string, unknown>);
    const answers = await Promise.all(
      fields.map(async (field) => {
        const route = role.routes[field.name];
        if (!route) return failed(problem('INTERNAL', `${role.name}.${field.name} has no route.`).problem);
        const asker = new Asker(role, field, context, registry, hosts);
        switch (route.by) {
          case 'keys':
            return asker.keyed(route, argumentType(schema, field.name, route.argument));
          case 'subtree':
            return asker.gathered(route, runs);
          case 'each':
            return asker.divided(route);
          case 'within':
            return asker.within(route);
          case 'merged':
            return asker.merged(route);
          default:
            return asker.single(route);
        }
      }),
    );
    const data: Record<string, unknown> = {};
    const errors: GraphQLError[] = [];
    fields.forEach((field, i) => {
      const answer = answers[i];
      data[field.responseKey] = answer?.value ?? null;
      for (const failure of answer?.failures ?? []) errors.push(graphqlError(failure, field.responseKey));
    });
    return errors.length > 0 ? { data, errors } : { data };
  };
}

/** Asks one root field. */
class Asker implements AsksNodes {
  readonly #role: RoleConfig;
  readonly #field: RootField;
  readonly #context: GatewayContext;
  readonly #registry: Registry;
  readonly #hosts: HostCaller;

  constructor(role: RoleConfig, field: RootField, context: GatewayContext, registry: Registry, hosts: HostCaller) {
    this.#role = role;
    this.#field = field;
    this.#context = context;
    this.#registry = registry;
    this.#hosts = hosts;
  }

  /** A field that one node answers. */
  async single(route: SingleRoute): Promise<Answer> {
    try {
      return await this.askOwner(route, this.nodeOf(route, this.#field.args), this.#field.alone());
    } catch (error) {
      return failed(problemsOf(error)[0]);
    }
  }

  /** A field that does the same for each of a list, which nodes answer in parts. */
  async divided(route: Route & { by: 'each' }): Promise<Answer> {
    try {
      return await answerEach(this.#role.name, this.#field, route, this);
    } catch (error) {
      return failed(problemsOf(error)[0]);
    }
  }

  /** A field that every node of a division answers for the caller, who works at the division or above it. */
  async within(route: Route & { by: 'within' }): Promise<Answer> {
    try {
      const division = this.#divisionOver(route.path);
      return await answerWithin(this.#role.name, this.#field, this.#registry.nodesWithin(division), this);
    } catch (error) {
      return failed(problemsOf(error)[0]);
    }
  }

  /**
   * A page over the nodes of a division, which are asked for the caller by a batched lookup, one request a host. No copy
   * answers for a silent node: the page says which were silent. The slow ones are not waited for long.
   */
  async merged({ path, merge }: Route & { by: 'merged' }): Promise<Answer> {
    try {
      const division = this.#divisionOver(path);
      const deadline = Math.min(this.#context.deadline, performance.now() + SLOW_MS);
      // without a viewer no desk's copy answers for a node; the token says who asks
      const context = { ...this.#context, viewer: null, deadline };
      const gathered = await MERGINGS[merge](this.#field.args, this.#registry.nodesWithin(division), (...question) =>
        this.#askMany(context, ...question),
      );
      return this.#answerOf(await answerHere(this.#role.name, this.#field.alone(), division, gathered), division);
    } catch (error) {
      return failed(problemsOf(error)[0]);
    }
  }

  /** The division that the caller asks about, at their own or below it. @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN */
  #divisionOver(path: readonly string[]): string {
    const desk = this.#viewersDesk();
    const division = this.#registry.divisions.get(String(argumentAt(this.#field.args, path))).code;
    // every node would refuse it
    if (this.#registry.divisions.isWithin(division, desk)) return division;
    throw problem('FORBIDDEN', `${division} is not open to ${desk}.`, { node: division });
  }

  /** Asks the node that owns an answer, or the desk that may have a copy if the node can't be reached. */
  async askOwner(route: SingleRoute, node: string, asked: Asked): Promise<OwnersAnswer> {
    const first = await this.#askNode(node, asked);
    const fault = this.#refusal(first, node);
    const hasCopy = route.by === 'prefix' || route.by === 'item';
    const copyAt = hasCopy && route.copyAt === 'viewer' ? this.#context.viewer?.division : undefined;
    if (fault && isWayFault(fault) && copyAt !== undefined && copyAt !== node) {
      const copy = await this.#askNode(copyAt, asked);
      // the owner's fault matters more than a copy without an answer
      if (this.#refusal(copy, copyAt)) return { ...failed(fault), refusal: fault, copyFor: null };
      return { ...this.#answerOf(copy, copyAt), refusal: null, copyFor: fault };
    }
    return { ...this.#answerOf(first, node), refusal: fault, copyFor: null };
  }

  /** A batched lookup: keys are grouped by host, one request each; answers go back to their places. */
  async keyed(route: Route & { by: 'keys' }, type: string): Promise<Answer> {
    const keys = (this.#field.args[route.argument] ?? []) as LookupKey[];
    const { query, variables, keysVariable } = this.#field.keyed(route.argument, type);
    const viewersDesk = this.#context.viewer?.division ?? null;
    const tasks = keys.map((key, index) => new KeyTask(key, index, viewersDesk, route.copy));
    for (let round = 0, open = tasks; open.length > 0 && round < MAX_ROUNDS; round++) {
      const sequence = this.#registry.current.sequence;
      const byHost = new Map<Host, KeyTask[]>();
      for (const task of open) this.#place(task, byHost);
      await Promise.all(
        [...byHost].map(async ([host, asked]) => {
          const all = { ...variables, [keysVariable]: asked.map((task) => task.key) };
          const answer = await this.#ask(host, { at: null, query, variables: all });
          if (codesOf(answer).includes('NODE_MOVING')) await this.#whereItWent(sequence);
          const moved = this.#registry.current.sequence > sequence;
          asked.forEach((task, i) => task.take(answer, this.#field.responseKey, i, moved));
        }),
      );
      open = open.filter((task) => task.again);
    }
    for (const task of tasks) task.giveUp();
    return { value: tasks.map((t) => t.value), failures: tasks.flatMap((t) => t.failures) };
  }

  /**
   * A field that all nodes of a division answer together. The gateway asks them by batched lookups, one request a host,
   * and the role's own schema answers here from what it gathered. No copy answers for a silent node. The nodes are
   * asked as the public, so that the answers may be shown to every caller.
   */
  async gathered(route: Route & { by: 'subtree' }, runs: GatherRuns): Promise<Answer> {
    try {
      const division = this.#registry.divisions.get(String(argumentAt(this.#field.args, route.path))).code;
      const key = `${route.gather} ${division} ${this.#registry.current.sequence}`;
      // asked as the public, so that no desk's copy answers for a node; other callers may wait for the same
      const context = { ...this.#context, viewer: null, token: null, signal: null };
      const gathered = await runs.of(key, this.#context.viewer === null, () =>
        GATHERINGS[route.gather](division, this.#registry, (...question) => this.#askMany(context, ...question)),
      );
      const result = await answerHere(this.#role.name, this.#field.alone(), division, gathered);
      return this.#answerOf(result, division);
    } catch (error) {
      return failed(problemsOf(error)[0]);
    }
  }

  async #askMany(
    context: GatewayContext,
    lookup: string,
    nodes: readonly string[],
    variables: Record<string, unknown>,
  ): Promise<NodeAnswer[]> {
    const types = Object.keys(variables).map((name) => `$${name}: ${argumentType(this.#schema, lookup, name)}`);
    const given = Object.keys(variables).map((name) => `${name}: $${name}`);
    const keys = nodes.map((at): LookupKey => ({ at, via: null }));
    const [field] = rootFieldsOf(
      parse(`query($keys: ${argumentType(this.#schema, lookup, 'keys')}${types.map((t) => `, ${t}`).join('')}) {
        ${lookup}(${['keys: $keys', ...given].join(', ')})
      }`),
      { ...variables, keys },
    );
    const route = this.#role.routes[lookup];
    if (!field || route?.by !== 'keys') throw problem('INTERNAL', `${lookup} is no batched lookup.`);
    const asker = new Asker(this.#role, field, context, this.#registry, this.#hosts);
    const { value, failures } = await asker.keyed(route, argumentType(this.#schema, lookup, route.argument));
    return nodes.map((node, i) => ({
      node,
      value: (value as unknown[])[i] ?? null,
      problem: failures.find((failure) => failure.path[0] === i)?.problem ?? null,
    }));
  }

  get #schema() {
    return roleSchema(this.#role.name);
  }

  #place(task: KeyTask, byHost: Map<Host, KeyTask[]>): void {
    try {
      const host = this.#registry.hostOf(task.key.at);
      const asked = byHost.get(host);
      if (asked) asked.push(task);
      else byHost.set(host, [task]);
    } catch (error) {
      task.fail(problemsOf(error, task.key.at)[0], false);
    }
  }

  /**
   * Asks a node, and asks again at the new host if the node moved meanwhile. A host that refuses to answer for a node
   * has done nothing.
   */
  async #askNode(node: string, { query, variables }: Asked): Promise<HostAnswer> {
    for (;;) {
      const { sequence } = this.#registry.current;
      let host: Host;
      try {
        host = this.#registry.hostOf(node);
      } catch (error) {
        return error instanceof ProblemError ? error : problem('INTERNAL', 'The registry failed.', { cause: error });
      }
      const answer = await this.#ask(host, { at: node, query, variables });
      const code = this.#refusal(answer, node)?.code;
      if (code === 'NODE_MOVING') await this.#whereItWent(sequence);
      if (!isElsewhere(code) || this.#registry.current.sequence <= sequence) return answer;
    }
  }

  /** Waits for the topology with the moving node's new host, as long as the question allows. */
  async #whereItWent(sequence: number): Promise<void> {
    await this.#registry.whenNewer(sequence, this.#context.deadline - performance.now() - ANSWER_MS);
  }

  #ask(host: Host, operation: Pick<RoleOperation, 'at' | 'query' | 'variables'>): Promise<HostAnswer> {
    const { token, deadline, signal } = this.#context;
    // a change that was sent is not taken back when its client goes
    const leaves = operation.query.startsWith('mutation') ? null : signal;
    countOperation(this.#role.name);
    const trace = currentTrace();
    const traced = trace === null ? {} : { trace };
    return this.#hosts.ask(host, { role: this.#role.name, token, ...traced, ...operation }, deadline, leaves);
  }

  /** The reason why a node did not answer the root field at all; null if it did. */
  #refusal(answer: HostAnswer, node: string): Problem | null {
    if (answer instanceof ProblemError) return { ...answer.problem, node };
    const root = (answer.errors ?? []).find((error) => (error.path?.length ?? 0) <= 1);
    return root ? problemOf(root, node) : null;
  }

  #answerOf(answer: HostAnswer, node: string): Answer {
    if (answer instanceof ProblemError) return failed({ ...answer.problem, node });
    return {
      value: answer.data?.[this.#field.responseKey] ?? null,
      failures: (answer.errors ?? []).map((error) => ({
        path: (error.path ?? []).slice(1),
        problem: problemOf(error, node),
      })),
    };
  }

  nodeOf(route: SingleRoute, args: Record<string, unknown>): string {
    switch (route.by) {
      case 'prefix':
        return filingNodeOf(String(args[route.argument]), route.argument);
      case 'division': {
        const named = argumentAt(args, route.path);
        if (typeof named === 'string') {
          const { code } = this.#registry.divisions.get(named);
          return route.nearest ? this.#registry.nearestNode(code) : code;
        }
        return route.otherwise === 'viewer' ? this.#viewersDesk() : this.#registry.divisions.get('').code;
      }
      case 'item': {
        const code = String(args[route.argument]);
        const city = this.#registry.divisions.find(cityOf(code));
        if (!city)
          throw problem('ITEM_UNKNOWN', `No city has an item ${code.slice(0, 60)}.`, { field: route.argument });
        return city.code;
      }
      case 'viewer':
        return this.#viewersDesk();
      default:
        return route satisfies never;
    }
  }

  #viewersDesk(): string {
    if (!this.#context.viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    return this.#context.viewer.division;
  }
}

function codesOf(answer: HostAnswer): string[] {
  if (answer instanceof ProblemError) return [answer.code];
  return (answer.errors ?? []).flatMap((error) => error.extensions?.code ?? []);
}

function argumentAt(args: Record<string, unknown>, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | null | undefined)?.[step], args);
}
