import type {
  DivisionCode,
  HostReply,
  NodeServices,
  RoleOperation,
  RoleResult,
  TokenVerifier,
  Viewer,
} from '@liandong/schema';
import { ProblemError, executeRole, extensionsOf, hostRequestSchema, problem } from '@liandong/schema';
import type { Logger } from 'pino';

export interface ResponderParts {
  host: string;
  services: ReadonlyMap<DivisionCode, NodeServices>;
  tokens: TokenVerifier;
  log: Logger;
}

/** Answers the gateway's questions, whichever way they come. Each operation carries its own token and stands alone. */
export class Responder {
  readonly #parts: ResponderParts;

  constructor(parts: ResponderParts) {
    this.#parts = parts;
  }

  /** @param content the request as parsed JSON */
  async answer(content: unknown): Promise<HostReply> {
    const parsed = hostRequestSchema.safeParse(content);
    if (!parsed.success) return { problem: { code: 'MESSAGE_INVALID', message: 'Not a request to a host.' } };
    const { operations } = parsed.data;
    return { results: await Promise.all(operations.map((operation) => this.#execute(operation))) };
  }

  async #execute(operation: RoleOperation): Promise<RoleResult> {
    const { log, services, host, tokens } = this.#parts;
    let viewer: Viewer | null;
    try {
      viewer = operation.token === null ? null : await tokens.verify(operation.token);
      if (operation.at !== null && !services.has(operation.at)) throw misrouted(host, operation.at);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { message } = error.problem;
      return { data: null, errors: [{ message, extensions: extensionsOf({ ...error.problem, node: operation.at }) }] };
    }
    const context = {
      viewer,
      at: operation.at,
      services: (node: DivisionCode): NodeServices => {
        const found = services.get(node);
        if (!found) throw misrouted(host, node);
        return found;
      },
    };
    return executeRole(operation, context, (error) =>
      log.error({ err: error, role: operation.role }, 'operation failed'),
    );
  }
}

function misrouted(host: string, node: DivisionCode): ProblemError {
  return problem('MISROUTED', `Host ${host} does not serve ${node}.`, { node });
}
