import type { Bus } from '../bus/index.ts';
import type { HostConfig } from '../config.ts';
import type { HostDb } from '../db/index.ts';
import type { Finding } from './doctor-check.ts';
import { examine } from './doctor.ts';
import type { Readiness } from './readiness.ts';
import { readinessOf } from './readiness.ts';

/** How long an answer about the host serves all who ask, ms: a question over a subtree asks for each of its nodes. */
const READINESS_FRESH_MS = 1_000;
const FINDINGS_FRESH_MS = 10_000;

export interface HostHealthParts {
  db: HostDb;
  /** The host's settings, with the nodes its topology places there. */
  placed: () => Promise<HostConfig>;
  now: () => Date;
}

/** A running host's answers about itself, for its monitors and its operators. */
export class HostHealth {
  readonly #parts: HostHealthParts;
  readonly #readiness: Shared<Readiness>;
  readonly #findings: Shared<Finding[]>;
  #bus: Bus | null = null;

  constructor(parts: HostHealthParts) {
    this.#parts = parts;
    this.#readiness = new Shared(() => this.readiness(), READINESS_FRESH_MS);
    this.#findings = new Shared(async () => examine(await parts.placed(), parts.now), FINDINGS_FRESH_MS);
  }

  /** Says that the broker was reached. */
  reached(bus: Bus): void {
    this.#bus = bus;
  }

  /** Asks every part of the host now. */
  readiness(): Promise<Readiness> {
    return readinessOf(this.#parts.db, this.#bus, this.#parts.now);
  }

  /** The same, at most a second old. */
  recentReadiness(): Promise<Readiness> {
    return this.#readiness.get();
  }

  /** What the doctor finds; at most ten seconds old. Changes nothing. */
  findings(): Promise<Finding[]> {
    return this.#findings.get();
  }
}

/** Runs a question once for all who ask at about the same time. */
class Shared<T> {
  readonly #run: () => Promise<T>;
  readonly #freshMs: number;
  #answer: Promise<T> | null = null;

  constructor(run: () => Promise<T>, freshMs: number) {
    this.#run = run;
    this.#freshMs = freshMs;
  }

  get(): Promise<T> {
    if (this.#answer) return this.#answer;
    const answer = this.#run();
    this.#answer = answer;
    const forget = () => {
      if (this.#answer === answer) this.#answer = null;
    };
    // a failure is not kept
    answer.then(() => setTimeout(forget, this.#freshMs).unref(), forget);
    return answer;
  }
}
