import { setTimeout as pause } from 'node:timers/promises';
import type { HostReply, RoleOperation } from '@liandong/schema/wire';
import { FILE_CASE } from '../federation/documents.ts';
import type { HeldCase, Item, NextStep, Remembered } from './case-plan.ts';
import { ITEMS, application, nextStep, planOf } from './case-plan.ts';
import type { HostDatabases } from './host-databases.ts';
import { COUNTIES, HOSTS, NODES, VILLAGES, hostOf, login } from './places.ts';
import { Random } from './random.ts';

/** Operations sent to a host at a time. */
const BATCH = 40;
/** Time until a host that does not answer is asked again, ms. */
const ANSWER_MS = 10_000;
const IDLE_MS = 40;
/** About how many hand-offs an open case still has before it. */
const STILL_TO_COME = 3;

const HELD = `SELECT node, id, number, item, state, epoch, filing_node, acceptor, decider FROM cases
  WHERE node = ANY ($1) AND custody = 'HELD' AND closed_at IS NULL ORDER BY last_at LIMIT 200`;

const CLOSED = `SELECT id FROM cases
  WHERE node = ANY ($1) AND id = ANY ($2) AND custody = 'HELD' AND closed_at IS NOT NULL`;

export interface DesksOptions {
  seed: string;
  /** Cases under way at a time. */
  open: number;
  /** Hand-offs after which the desks take in no new cases. */
  handOffs: number;
  /** Address of each host's HTTP port. */
  urls: ReadonlyMap<string, string>;
  tokens: ReadonlyMap<string, string>;
  databases: HostDatabases;
  /** Materials required by each item. */
  required: ReadonlyMap<string, readonly string[]>;
}

interface Filing {
  node: string;
  item: Item;
  key: string;
}

interface Task {
  held: HeldCase;
  step: NextStep;
}

/** A case that a desk has confirmed: whatever happens, it must exist afterwards. */
export interface PromisedCase {
  id: string;
  closed: boolean;
}

/**
 * The people of all desks at their work. Each reads the cases of the desk and does the next step of each; a step
 * without an answer is looked at again. The steps go to the hosts as the gateway's would: batches of operations with a
 * token each.
 */
export class Desks {
  readonly #options: DesksOptions;
  readonly #random: Random;
  readonly #memory = new Map<string, Remembered>();
  readonly #epochs = new Map<string, number>();
  readonly #promised = new Map<string, PromisedCase>();
  /** Filings without an answer yet, by host: they are sent again under the same key. */
  readonly #unanswered = new Map<string, Filing[]>();
  readonly #refusals = new Map<string, number>();
  #filed = 0;
  #handOffs = 0;
  #begun = 0;
  #allowed = 0;
  #filing = true;
  #stopped = false;
  #lastProgress = performance.now();
  #loops: Promise<void>[] = [];

  constructor(options: DesksOptions) {
    this.#options = options;
    this.#random = new Random(`${options.seed} filings`);
  }

  /** Hand-offs that were seen to be done. */
  get handOffs(): number {
    return this.#handOffs;
  }

  get promised(): readonly PromisedCase[] {
    return [...this.#promised.values()];
  }

  /** Refusals by code: a desk that acts on an outdated list is refused now and then. */
  get refusals(): Record<string, number> {
    return Object.fromEntries([...this.#refusals].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The state of the load, in words. */
  get state(): string {
    const refusals = Object.entries(this.refusals).map(([code, count]) => `${code} ${count}`);
    return `${this.#handOffs} hand-offs, ${this.#promised.size} cases, ${this.#openCases()} open${refusals.length > 0 ? `; refused: ${refusals.join(', ')}` : ''}`;
  }

  start(): void {
    this.#loops = [...HOSTS.map(({ id, nodes }) => this.#work(id, nodes)), this.#watchClosings()];
  }

  /** Allows so many hand-offs in all; cases beyond that wait at their desks. */
  allow(handOffs: number): void {
    this.#allowed = handOffs;
  }

  /** Takes no new cases in; those on their way go on. */
  stopFiling(): void {
    this.#filing = false;
  }

  /**
   * Waits until every case is closed, nothing has moved for a while, or the longest time is over, ms: if closed cases
   * come back, something always moves.
   */
  async finish(patienceMs: number, longestMs: number): Promise<void> {
    this.stopFiling();
    const began = performance.now();
    while (this.#openCases() > 0 && !this.#stopped && performance.now() - began < longestMs) {
      if (performance.now() - this.#lastProgress >= patienceMs) return;
      await pause(200);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  #openCases(): number {
    const unanswered = [...this.#unanswered.values()].reduce((sum, list) => sum + list.length, 0);
    let open = unanswered;
    for (const { closed } of this.#promised.values()) if (!closed) open++;
    return open;
  }

  async #work(host: string, nodes: readonly string[]): Promise<void> {
    while (!this.#stopped) {
      try {
        const held = await this.#options.databases.rows<HeldCase>(host, HELD, [nodes]);
        const steps = held.flatMap((row) => this.#stepOf(row));
        const here = this.#allowedOf(steps.filter(({ step }) => hostOf(step.at) === host).slice(0, BATCH));
        // a step at another desk: for example, a withdrawal where the case was filed
        await Promise.all(
          steps.filter(({ step }) => hostOf(step.at) !== host).map((task) => this.#do(hostOf(task.step.at), [task])),
        );
        const filings = this.#filings(host, nodes);
        if (here.length > 0) await this.#do(host, here);
        if (filings.length > 0) await this.#file(host, filings);
        if (here.length === 0 && filings.length === 0) await pause(IDLE_MS);
      } catch {
        // the host or its database is away, as the suite intends
        await pause(200);
      }
    }
  }

  /**
   * Finds cases that were closed without an answer: withdrawn from another desk, or by a host that died during the
   * step.
   */
  async #watchClosings(): Promise<void> {
    while (!this.#stopped) {
      await pause(500);
      const open = this.promised.filter((c) => !c.closed).map((c) => c.id);
      const found = await this.#options.databases.everywhere<{ id: string }>(CLOSED, [NODES, open]).catch(() => []);
      for (const { id } of found) {
        const known = this.#promised.get(id);
        if (known) known.closed = true;
        this.#lastProgress = performance.now();
      }
    }
  }

  #stepOf(held: HeldCase): Task[] {
    const { seed, required } = this.#options;
    const before = this.#epochs.get(held.id) ?? 1;
    if (held.epoch > before) {
      this.#epochs.set(held.id, held.epoch);
      this.#handOffs += held.epoch - before;
      this.#lastProgress = performance.now();
    }
    // a filing whose answer was lost is first seen here
    if (!this.#promised.has(held.id)) this.#promised.set(held.id, { id: held.id, closed: false });
    const step = nextStep(held, planOf(seed, held.number), this.#remembered(held.id), required.get(held.item) ?? []);
    return step ? [{ held, step }] : [];
  }

  /** The steps that may be taken now; a hand-off counts as begun until it is refused. */
  #allowedOf(tasks: readonly Task[]): Task[] {
    return tasks.filter(({ step }) => {
      if (!movesCustody(step)) return true;
      if (this.#begun >= this.#allowed) return false;
      this.#begun++;
      return true;
    });
  }

  #remembered(id: string): Remembered {
    const known = this.#memory.get(id) ?? { issued: false, supplementAsked: false, withdrawalAsked: false };
    this.#memory.set(id, known);
    return known;
  }

  /** New cases of a host's desks, and those whose filing got no answer. */
  #filings(host: string, nodes: readonly string[]): Filing[] {
    const again = this.#unanswered.get(host) ?? [];
    if (again.length > 0) return again;
    const fresh: Filing[] = [];
    const takers = nodes.filter((node) => VILLAGES.includes(node) || COUNTIES.includes(node));
    while (takers.length > 0 && fresh.length < 8 && this.#mayFile(fresh.length)) {
      const node = this.#random.pick(takers);
      const tier = node.length === 12 ? 'VILLAGE' : 'COUNTY';
      // a county's own cases are few beside its villages' cases
      if (tier === 'COUNTY' && this.#random.next() > 0.2) break;
      const item = this.#random.pick(ITEMS.filter((i) => i.tier === tier).flatMap((i) => Array<Item>(i.share).fill(i)));
      fresh.push({ node, item, key: `chaos-${this.#options.seed}-${++this.#filed}` });
    }
    this.#unanswered.set(host, fresh);
    return fresh;
  }

  /** Whether the desks take in one more case: not if the open cases will bring the wanted hand-offs. */
  #mayFile(more: number): boolean {
    const { open, handOffs } = this.#options;
    const cases = this.#openCases() + more;
    if (!this.#filing || cases >= open || this.#handOffs >= handOffs) return false;
    return this.#handOffs + cases * STILL_TO_COME < handOffs || cases < open / 4;
  }

  async #file(host: string, filings: readonly Filing[]): Promise<void> {
    const results = await this.#ask(
      host,
      filings.map(({ node, item, key }) => ({
        role: 'filing',
        at: node,
        query: FILE_CASE,
        variables: { input: application(item, this.#options.required.get(item.code) ?? [], key) },
        token: this.#token(node, 'agent', item.department),
      })),
    );
    const left = filings.filter((_, i) => {
      const payload = results[i];
      const made = payload?.['case'] as { id: string } | null | undefined;
      if (made) {
        if (!this.#promised.has(made.id)) this.#promised.set(made.id, { id: made.id, closed: false });
        this.#lastProgress = performance.now();
      }
      return !made;
    });
    this.#unanswered.set(host, left);
  }

  async #do(host: string, tasks: readonly Task[]): Promise<void> {
    const answers = this.#ask(
      host,
      tasks.map(({ held, step }) => ({
        role: step.role,
        at: step.at,
        query: step.query,
        variables: { input: step.input },
        token: this.#token(step.at, step.post, departmentOf(held.item)),
      })),
    );
    const results = await answers.catch(() => []);
    tasks.forEach(({ held, step }, i) => this.#remember(held, step, results[i]));
    // throws if the answers were lost: the worker then looks at the cases again
    await answers;
  }

  #remember(held: HeldCase, step: NextStep, payload: Payload | undefined): void {
    if (movesCustody(step) && payload?.errors.length !== 0) this.#begun--;
    if (!payload) return;
    const { query } = step;
    const memory = this.#remembered(held.id);
    const codes = payload.errors.map((e) => e.code);
    if (query.includes('withdrawCase')) memory.withdrawalAsked = true;
    // a request the database refused for the moment was not made: the case would wait for its materials for ever
    if (query.includes('requestSupplement')) {
      memory.supplementAsked = codes.length === 0 || codes.includes('SUPPLEMENT_REPEATED');
    }
    if (query.includes('issueDocument')) memory.issued = true;
    if (codes.includes('DOCUMENT_MISSING')) memory.issued = false;
    for (const code of codes) this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
    if (codes.length > 0) return;
    this.#lastProgress = performance.now();
    const state = payload.case?.['state'];
    const known = this.#promised.get(held.id);
    if (known && (state === 'CLOSED' || state === 'WITHDRAWN')) known.closed = true;
  }

  #token(node: string, post: NextStep['post'], department: string): string {
    // villages have only an agent, townships no departments, counties and city no agents
    const tier = node.length;
    const name =
      tier === 12
        ? login(node, 'agent')
        : tier === 9
          ? login(node, post)
          : login(node, post === 'agent' ? 'clerk' : post, department);
    const token = this.#options.tokens.get(name);
    if (token === undefined) throw new RangeError(`nobody is called ${name}`);
    return token;
  }

  /** @returns the payload of each operation's mutation; undefined if there was none */
  async #ask(host: string, operations: readonly RoleOperation[]): Promise<(Payload | undefined)[]> {
    const response = await fetch(`${this.#options.urls.get(host) ?? ''}/federation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operations, budgetMs: ANSWER_MS }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const reply = (await response.json()) as HostReply;
    if ('problem' in reply) throw new Error(reply.problem.message);
    return reply.results.map(({ data, errors }) => {
      for (const error of errors ?? []) {
        const code = error.extensions?.code ?? 'UNKNOWN';
        this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
      }
      return Object.values(data ?? {}).find((value): value is Payload => value !== null);
    });
  }
}

interface Payload {
  case: Record<string, unknown> | null;
  errors: { code: string; message: string }[];
}

function movesCustody({ query }: NextStep): boolean {
  return /(?:forward|return|transfer|assign)Case|requestSupplement/.test(query);
}

function departmentOf(code: string): string {
  return ITEMS.find((item) => item.code === code)?.department ?? '';
}
