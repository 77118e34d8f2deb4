import type { Problem } from '@liandong/schema/kernel';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { Failure } from './failures.ts';
import { isElsewhere, isWayFault, problemOf } from './failures.ts';
import type { LookupKey } from './roles.ts';
import type { HostAnswer } from './transport/index.ts';

/** One key of a batched lookup on its way to an answer: to its owner, on to the custodian the owner names, to a copy. */
export class KeyTask {
  /** The key for the next question. */
  key: LookupKey;
  value: unknown = null;
  failures: Failure[] = [];
  /** Whether to ask for it once more. */
  again = true;
  readonly #index: number;
  /** Field of the key that lets a copy answer; null where a copy answers anyway. */
  readonly #copyField: string | null;
  /** Nodes that may hold a copy, best first. */
  readonly #copies: string[];
  readonly #askedAsOwner = new Set<string>();
  readonly #askedAsCopy = new Set<string>();
  readonly #dead = new Set<string>();
  #isCopy = false;
  #wayFault: Problem | null = null;

  constructor(key: LookupKey, index: number, viewersDesk: string | null, copyField: string | null) {
    this.key = key;
    this.#index = index;
    this.#copyField = copyField;
    this.#copies = [key.via, viewersDesk].filter((node) => node !== null);
  }

  /**
   * Takes a host's answer to the list this key was in.
   * @param place index of the key in that list
   * @param moved whether nodes were found to have moved since the host was asked
   */
  take(answer: HostAnswer, responseKey: string, place: number, moved: boolean): void {
    const { at } = this.key;
    if (answer instanceof ProblemError) return this.fail({ ...answer.problem, node: at }, moved);
    const list = answer.data?.[responseKey];
    const errors = (answer.errors ?? []).filter((e) => e.path?.[1] === place || (e.path?.length ?? 0) < 2);
    const value: unknown = Array.isArray(list) ? list[place] : null;
    const own = value === null ? errors[0] : undefined;
    if (own) return this.fail(problemOf(own, at), moved);
    this.value = value;
    this.failures = errors.map((error) => ({
      path: [this.#index, ...(error.path ?? []).slice(2)],
      problem: problemOf(error, at),
    }));
    this.again = false;
  }

  /** Tries the next node that may answer; without one the key fails. A dead node costs only its own fields. */
  fail(found: Problem, moved: boolean): void {
    const { at } = this.key;
    // it moved to another host: the next round finds it there
    if (isElsewhere(found.code) && moved) return;
    (this.#isCopy ? this.#askedAsCopy : this.#askedAsOwner).add(at);
    if (isWayFault(found)) {
      this.#dead.add(at);
      this.#wayFault ??= found;
    }
    const { custodian } = found;
    if (found.code === 'NOT_CUSTODIAN' && custodian !== undefined && !this.#askedAsOwner.has(custodian)) {
      // the custodian pointer was out of date: ask the node it names now
      this.key = { ...this.key, at: custodian };
      return;
    }
    const next = this.#wayFault ? this.#copies.find((node) => this.#mayHaveCopy(node)) : undefined;
    if (next !== undefined) {
      this.#isCopy = true;
      this.key = { ...this.key, at: next, ...(this.#copyField === null ? {} : { [this.#copyField]: true }) };
      return;
    }
    // the owner's fault matters more than a copy without the key
    this.#end(this.#wayFault ?? (found.code === 'NOT_CUSTODIAN' ? inTransit(at, custodian) : found));
  }

  /** Gives up on a case that changes hands faster than the gateway can follow. */
  giveUp(): void {
    if (!this.again) return;
    this.#end(inTransit(this.key.at, undefined));
  }

  #end(found: Problem): void {
    this.failures = [{ path: [this.#index], problem: found }];
    this.again = false;
  }

  #mayHaveCopy(node: string): boolean {
    if (this.#dead.has(node) || this.#askedAsCopy.has(node)) return false;
    // a field without copies has only the owner's answer
    return this.#copyField !== null || !this.#askedAsOwner.has(node);
  }
}

/** Desks that name each other as the custodian: the case is moving between them. */
function inTransit(node: string, custodian: string | undefined): Problem {
  const named = custodian === undefined ? {} : { custodian };
  return problem('CASE_IN_TRANSIT', 'The case moved on while it was being looked for.', { node, ...named }).problem;
}
