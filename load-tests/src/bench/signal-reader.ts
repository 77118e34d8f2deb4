import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:http';

const SUBSCRIPTION = `subscription ($after: String!) {
  signals(after: $after) { edges { cursor node { id kind number } } pageInfo { endCursor } }
}`;
/** Pause before a reader opens its stream again, ms. */
const AGAIN_MS = 250;
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

interface Event {
  data?: { signals?: { edges: { cursor: string; node: { id: string } }[]; pageInfo: { endCursor: string } } | null };
}

/** A person's tab: reads new signals over SSE, and goes on behind the last cursor whenever the stream ends. */
export class SignalReader {
  /** Ids of the signals it got. */
  readonly ids = new Set<string>();
  /** How often its stream was opened. */
  opened = 0;
  readonly #url: URL;
  readonly #token: string;
  readonly #onSignals: () => void;
  #cursor: string;
  #request: ClientRequest | null = null;
  #isConnected = false;
  #isClosed = false;

  constructor(gatewayUrl: string, token: string, cursor: string, onSignals: () => void) {
    this.#url = new URL('/graphql', gatewayUrl);
    this.#token = token;
    this.#cursor = cursor;
    this.#onSignals = onSignals;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  open(): void {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    };
    this.opened++;
    const asked = request(this.#url, { method: 'POST', headers, agent }, (answer) => this.#read(answer));
    this.#request = asked;
    asked.on('error', () => this.#again());
    asked.end(JSON.stringify({ query: SUBSCRIPTION, variables: { after: this.#cursor } }));
  }

  close(): void {
    this.#isClosed = true;
    this.#request?.destroy();
  }

  #read(answer: IncomingMessage): void {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      this.#isConnected = true;
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, data] = /^data: (.+)$/m.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (data !== undefined) this.#take(JSON.parse(data) as Event);
      }
    });
    answer.on('error', () => undefined);
    answer.on('close', () => this.#again());
  }

  #take({ data }: Event): void {
    const page = data?.signals;
    if (!page) return;
    for (const { node } of page.edges) this.ids.add(node.id);
    this.#cursor = page.pageInfo.endCursor;
    this.#onSignals();
  }

  #again(): void {
    this.#isConnected = false;
    if (!this.#isClosed) setTimeout(() => this.open(), AGAIN_MS);
  }
}
