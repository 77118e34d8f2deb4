import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { topologyPaths } from '@liandong/nodes';
import { TOKEN_AUDIENCE } from '@liandong/schema/identity';
import { problem } from '@liandong/schema/kernel';
import type { JWK } from 'jose';
import { SignJWT, importJWK } from 'jose';
import { DEMO_HOSTS, DEMO_PEOPLE } from '../federation/demo-plan.ts';
import { FORWARD_CASE } from '../federation/documents.ts';
import { Federation } from '../federation/federation.ts';
import { Journey, lowIncome } from '../federation/journeys.ts';
import { ISSUER, secretsOf } from '../federation/plan.ts';
import type { Machine } from './machine.ts';
import { machine, memoryMib } from './machine.ts';
import { SignalReader } from './signal-reader.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';

/** Most memory that a thousand readers may cost the gateway, MiB. */
const MOST_MIB = 100;
/** Time until Node.js has given back what work left on its heap, ms. */
const REST_MS = 75_000;
const DESKS = ['331000', '331022', '331022103', '331022103201'];
const TOWNSHIP = '331022103';
const HOSTS = ['city', 'county', 'tingpang', 'baojia'];
const ADD_NOTE = `mutation ($input: AddNoteInput!) { addNote(input: $input) { note { id } errors { code message field } } }`;
const UNREAD = `{ unreadSignals { cursor } }`;

export interface SignalsOptions {
  /** People who read signals, each with one stream, over four desks. */
  readers: number;
  /** Signals to one of the desks while nothing else goes on. */
  rounds: number;
}

export interface SignalsResult extends SignalsOptions {
  bench: 'signals';
  ok: boolean;
  machine: Machine;
  /**
   * Memory of the gateway without readers, with them before anything was pushed, right after all rounds, and when the
   * collector has come to rest, MiB.
   */
  gatewayMib: { idle: number; connected: number; after: number; rested: number };
  /** What the readers cost, MiB, at rest; at most 100 for a thousand. */
  addedMib: number;
  /** From the person's step to its event at each reader of the desk, ms. */
  pushMs: Times;
  /** Signals that a reader never got, and readers, over restarts of host, broker and gateway with signals meanwhile. */
  restarts: { signals: number; readers: number; missed: number };
}

/** Connects many people to one gateway, and pushes signals to a desk's people, also over restarts. */
export async function signals(options: SignalsOptions, tell: (line: string) => void): Promise<SignalsResult> {
  const federation = await Federation.start({
    plan: {
      hosts: DEMO_HOSTS.filter(({ id }) => HOSTS.includes(id)),
      people: DEMO_PEOPLE.filter(({ division }) => DESKS.includes(division)),
    },
    gatewayPort: null,
    durable: true,
    path: process.env['PATH'] ?? '',
    progress: (name, ms) => (ms === null ? undefined : tell(`${name}: ${ms} ms`)),
  });
  try {
    return await new Measurement(federation, options, tell).run();
  } finally {
    await federation.stop();
  }
}

class Measurement {
  readonly #federation: Federation;
  readonly #options: SignalsOptions;
  readonly #tell: (line: string) => void;
  readonly #readers: SignalReader[] = [];
  /** Those of the desk that signals go to. */
  readonly #atDesk: SignalReader[] = [];
  readonly #pushed: number[] = [];
  #begun = 0;

  constructor(federation: Federation, options: SignalsOptions, tell: (line: string) => void) {
    this.#federation = federation;
    this.#options = options;
    this.#tell = tell;
  }

  async run(): Promise<SignalsResult> {
    const { readers, rounds } = this.#options;
    const id = await this.#caseAtTownship();
    await this.#connect(1);
    await this.#settled();
    this.#closeAll();
    const idle = await this.#memory();
    this.#tell(`connecting ${readers} readers`);
    await this.#connect(readers);
    const connected = await this.#memory();
    this.#tell(`${rounds} signals to ${this.#atDesk.length} readers`);
    for (let n = 1; n <= rounds; n++) await this.#push(id, n);
    const after = await this.#memory();
    await pause(REST_MS);
    const rested = await this.#memory();
    const restarts = await this.#restarts(id, rounds);
    this.#closeAll();
    const addedMib = round(Math.max(connected, rested) - idle);
    return {
      bench: 'signals',
      ok: restarts.missed === 0 && addedMib <= (MOST_MIB * readers) / 1000,
      machine: machine(),
      ...this.#options,
      gatewayMib: { idle, connected, after, rested },
      addedMib,
      pushMs: timesOf(this.#pushed),
      restarts,
    };
  }

  /** A case that rests at the township; a note on it is a signal to its desk. */
  async #caseAtTownship(): Promise<string> {
    const journey = new Journey(this.#federation, () => undefined);
    await journey.file('baojia-agent', 'filed', lowIncome());
    await journey.step('baojia-agent', 'sent up', FORWARD_CASE);
    await journey.arrives('tingpang-clerk', TOWNSHIP, 'arrived');
    return journey.id;
  }

  async #connect(count: number): Promise<void> {
    const cursors = new Map<string, string>();
    for (let i = 0; i < count; i++) {
      const division = DESKS[i % DESKS.length] ?? TOWNSHIP;
      const token = await this.#token(`reader-${i}`, division);
      const cursor = cursors.get(division) ?? (await this.#cursor(token));
      cursors.set(division, cursor);
      const reader = new SignalReader(this.#federation.gatewayUrl, token, cursor, () => {
        if (this.#begun > 0) this.#pushed.push(performance.now() - this.#begun);
      });
      reader.open();
      this.#readers.push(reader);
      if (division === TOWNSHIP) this.#atDesk.push(reader);
    }
    await when('all connected', () => this.#readers.every(({ isConnected }) => isConnected));
  }

  async #push(id: string, n: number): Promise<void> {
    this.#begun = performance.now();
    await this.#note(id, n);
    await this.#arrived(n);
    this.#begun = 0;
  }

  /** Stops and starts the desk's host, the broker and the gateway, each with signals meanwhile and after. */
  async #restarts(id: string, before: number): Promise<SignalsResult['restarts']> {
    const { services, gateway } = this.#federation;
    const host = this.#federation.host('tingpang');
    let sent = before;
    const during = async (name: string, stop: () => Promise<void>, start: () => Promise<void>) => {
      this.#tell(`restarting the ${name}`);
      await stop();
      await start();
      await this.#note(id, ++sent);
      await this.#arrived(sent);
    };
    await during(
      'host',
      () => host.stop(),
      () => host.start(),
    );
    await during(
      'broker',
      () => services.stopBroker(),
      () => services.startBroker(),
    );
    const url = this.#federation.gatewayUrl;
    await during(
      'gateway',
      async () => {
        // sent while readers lose their streams
        const noted = this.#note(id, ++sent).catch(() => sent--);
        await Promise.all([noted, gateway.stop()]);
      },
      () => gateway.start(),
    );
    this.#tell(`readers are back at ${url}`);
    const missed = this.#atDesk.reduce((sum, { ids }) => sum + (sent - ids.size), 0);
    return { signals: sent - before, readers: this.#atDesk.length, missed };
  }

  async #note(id: string, n: number): Promise<void> {
    const agent = await this.#federation.as('baojia-agent');
    await agent.do(ADD_NOTE, { case: id, text: `第${n}条` });
  }

  async #arrived(count: number): Promise<void> {
    await when(`signal ${count} everywhere`, () => this.#atDesk.every(({ ids }) => ids.size >= count));
  }

  async #settled(): Promise<void> {
    await pause(2_000);
  }

  #closeAll(): void {
    for (const reader of this.#readers.splice(0)) reader.close();
    this.#atDesk.length = 0;
  }

  /** The gateway's memory when it has come to rest: the median of some looks. */
  async #memory(): Promise<number> {
    await pause(5_000);
    const looks: number[] = [];
    for (let i = 0; i < 5; i++) {
      looks.push(memoryMib(this.#federation.gateway.pid ?? 0));
      await pause(500);
    }
    return round(looks.sort((a, b) => a - b)[2] ?? 0);
  }

  async #cursor(token: string): Promise<string> {
    const response = await fetch(`${this.#federation.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: UNREAD }),
    });
    const { data } = (await response.json()) as { data?: { unreadSignals?: { cursor: string } | null } };
    if (!data?.unreadSignals) throw problem('INTERNAL', 'No cursor to begin behind.');
    return data.unreadSignals.cursor;
  }

  /** A token as the embedded issuer would give it: a thousand logins would measure the hashing of passwords. */
  async #token(sub: string, division: string): Promise<string> {
    const file = join(topologyPaths(secretsOf(this.#federation.dir)).gatewayDir('gateway'), 'issuer.jwk.json');
    const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
    const roles = ['CLERK'];
    return new SignJWT({ name: sub, division, roles })
      .setProtectedHeader({ alg: jwk.alg ?? 'EdDSA', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .setIssuer(ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime('2h')
      .sign(await importJWK(jwk));
  }
}

/** Waits until it holds. @throws {ProblemError} after two minutes */
async function when(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!holds()) {
    if (performance.now() > deadline) throw problem('DEADLINE_EXCEEDED', `It never came to: ${what}.`);
    await pause(10);
  }
}
