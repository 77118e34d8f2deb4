import type { Host, HostReply, HostRequest } from '@liandong/schema/wire';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { Agent, errors, request } from 'undici';
import type { Transport } from './transport.ts';
import { readReply } from './transport.ts';

/** Asks hosts over HTTP with kept-alive connections: for hosts with a reachable address. */
export class HttpTransport implements Transport {
  readonly #agent = new Agent({ connections: 64, keepAliveTimeout: 30_000, pipelining: 1 });

  async send(
    host: Host,
    content: HostRequest,
    timeoutMs: number,
    signal: AbortSignal | null = null,
  ): Promise<HostReply> {
    if (host.url === null) throw problem('NODE_UNREACHABLE', `Host ${host.id} has no address.`);
    try {
      const answer = await request(federationUrl(host.url), {
        method: 'POST',
        dispatcher: this.#agent,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(content),
        signal: AbortSignal.any([AbortSignal.timeout(Math.max(1, Math.round(timeoutMs))), ...(signal ? [signal] : [])]),
      });
      const text = await answer.body.text();
      // a proxy in between answers with its own pages
      const isHosts = String(answer.headers['content-type']).startsWith('application/json');
      if (!isHosts) throw new Error(`status ${answer.statusCode} without JSON`);
      return readReply(host, text);
    } catch (cause) {
      if (cause instanceof ProblemError) throw cause;
      const late = cause instanceof errors.HeadersTimeoutError || (cause as Error).name === 'TimeoutError';
      if (late)
        throw problem('DEADLINE_EXCEEDED', `Host ${host.id} gave no answer within ${Math.round(timeoutMs)} ms.`, {
          cause,
        });
      throw problem('NODE_UNREACHABLE', `Host ${host.id} could not be reached.`, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** A host's address may have a path. */
function federationUrl(address: string): URL {
  return new URL('federation', address.endsWith('/') ? address : `${address}/`);
}
