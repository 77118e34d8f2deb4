import { inTrace } from '@liandong/runtime';
import type { DivisionCode, Problem } from '@liandong/schema/kernel';
import type { HostReply, RoleOperation, RoleResult } from '@liandong/schema/wire';
import type { NodeServices } from '@liandong/schema/graph';
import type { PersonalDataRead } from '@liandong/schema/domains/reads';
import type { TokenVerifier } from '@liandong/schema/identity';
import type { Viewer } from '@liandong/schema/operation';
import { BoundedCache, problem, ProblemError, problemsOf } from '@liandong/schema/kernel';
import { executeRole, extensionsOf, roleSchema } from '@liandong/schema/graph';
import { hostRequestShape, roleOperationSchema } from '@liandong/schema/wire';
import { Kind, getOperationAST, parse } from 'graphql';
import type { Logger } from 'pino';
import { healingRefusal } from '../restore/index.ts';
import { observeGraphql } from '../observability/index.ts';

export interface ResponderParts {
  host: string;
  /** Live: nodes come to the host and leave it. */
  services: ReadonlyMap<DivisionCode, NodeServices>;
  /** The host to which a node is leaving or has left. */
  movedTo: (node: DivisionCode) => string | undefined;
  tokens: TokenVerifier;
  /** Refuses a token whose post at its desk has ended. @throws {ProblemError} POST_ENDED */
  requirePost: (viewer: Viewer) => Promise<void> | undefined;
  /** Whether a node is healing: it answers queries and takes no steps. */
  isHealing: (node: DivisionCode) => boolean;
  log: Logger;
}

/** Characters of the query texts whose root field is remembered. */
const MAX_FIELD_CHARACTERS = 4 * 1024 * 1024;

/**
 * Answers the gateway's requests over NATS and HTTP. Each operation carries its own token and is independent of the
 * others.
 */
export class Responder {
  readonly #parts: ResponderParts;
  /** Root fields by query text: gateways send the same texts over and over. */
  readonly #fields = new BoundedCache<string>(MAX_FIELD_CHARACTERS);
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** @param content the request as parsed JSON */
  async answer(content: unknown): Promise<HostReply> {
    const parsed = hostRequestShape.safeParse(content);
    if (!parsed.success) return { problem: { code: 'MESSAGE_INVALID', message: 'Not a request to a host.' } };
    const deadline = performance.now() + parsed.data.budgetMs;
    const answers = Promise.all(parsed.data.operations.map((operation) => this.#alone(operation, deadline)));
    this.#underWay.add(answers);
    try {
      return { results: await answers };
    } finally {
      this.#underWay.delete(answers);
    }
  }

  /** Waits for all answers under way. */
  async turn(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Answers one operation of a request: its failure does not affect the others. */
  async #alone(content: unknown, deadline: number): Promise<RoleResult> {
    const parsed = roleOperationSchema.safeParse(content);
    if (!parsed.success) return refused(problem('MESSAGE_INVALID', 'Not an operation for a host.').problem);
    try {
      return await this.#measured(parsed.data, deadline);
    } catch (error) {
      this.#parts.log.error({ err: error, role: parsed.data.role }, 'operation failed');
      return refused(problemsOf(error, parsed.data.at)[0]);
    }
  }

  /** Answers one operation, in its caller's trace, and records its latency by role and root field. */
  async #measured(operation: RoleOperation, deadline: number): Promise<RoleResult> {
    const field = this.#fieldOf(operation);
    const begun = performance.now();
    const result = await inTrace(operation.trace ?? null, `${operation.role} ${field}`, () =>
      this.#execute(operation, deadline),
    );
    const outcome = (result.errors ?? []).length === 0 ? 'ok' : 'error';
    observeGraphql(operation.role, field, outcome, performance.now() - begun);
    return result;
  }

  /** The root field, if the role has it: whatever a caller writes, metrics have a closed set of names. */
  #fieldOf({ role, query }: RoleOperation): string {
    const key = `${role} ${query}`;
    let field = this.#fields.find(key);
    if (field === undefined) {
      const named = readOperation(query);
      const schema = roleSchema(role);
      const root = named?.kind === 'mutation' ? schema.getMutationType() : schema.getQueryType();
      field = named && root && Object.hasOwn(root.getFields(), named.field) ? named.field : 'unknown';
      this.#fields.keep(key, field, key.length);
    }
    return field;
  }

  /** @throws {ProblemError} NODE_HEALING */
  #refuseSteps({ at, query }: RoleOperation): void {
    const { isHealing, services } = this.#parts;
    const healing = at === null ? [...services.keys()].find(isHealing) : isHealing(at) ? at : undefined;
    if (healing === undefined || readOperation(query)?.kind !== 'mutation') return;
    throw healingRefusal(healing);
  }

  #notHere(node: DivisionCode): ProblemError {
    const { host, movedTo } = this.#parts;
    const to = movedTo(node);
    return to === undefined
      ? problem('MISROUTED', `Host ${host} does not serve ${node}.`, { node })
      : problem('NODE_MOVING', `${node} is moving from host ${host} to ${to}.`, { node });
  }

  async #execute(operation: RoleOperation, deadline: number): Promise<RoleResult> {
    const { log, services, tokens, requirePost } = this.#parts;
    let viewer: Viewer | null;
    try {
      viewer = operation.token === null ? null : await tokens.verify(operation.token);
      if (operation.at !== null && !services.has(operation.at)) throw this.#notHere(operation.at);
      this.#refuseSteps(operation);
      if (viewer && services.has(viewer.division)) await requirePost(viewer);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return refused({ ...error.problem, node: operation.at });
    }
    const reads = new Map<DivisionCode, PersonalDataRead[]>();
    const context = {
      viewer,
      at: operation.at,
      deadline,
      noteRead: (node: DivisionCode, read: PersonalDataRead) => {
        const noted = reads.get(node) ?? [];
        noted.push(read);
        reads.set(node, noted);
      },
      services: (node: DivisionCode): NodeServices => {
        const found = services.get(node);
        if (!found) throw this.#notHere(node);
        return found;
      },
    };
    const report = (error: unknown) => log.error({ err: error, role: operation.role }, 'operation failed');
    const result = await executeRole(operation, context, report);
    if (reads.size === 0 || viewer === null) return result;
    try {
      for (const [node, noted] of reads) await services.get(node)?.reads.note(viewer, this.#fieldOf(operation), noted);
      return result;
    } catch (error) {
      // data whose read could not be logged is not shown
      report(error);
      return refused(problemsOf(error, operation.at)[0]);
    }
  }
}

function refused(found: Problem): RoleResult {
  return { data: null, errors: [{ message: found.message, extensions: extensionsOf(found) }] };
}

/** The kind of an operation and its first root field; null for text that is not GraphQL. */
function readOperation(query: string): { kind: string; field: string } | null {
  try {
    const operation = getOperationAST(parse(query, { maxTokens: 20_000 }));
    const first = operation?.selectionSet.selections.find((s) => s.kind === Kind.FIELD);
    return operation && first ? { kind: operation.operation, field: first.name.value } : null;
  } catch {
    return null;
  }
}
