import { caseIdOf } from '../../kernel/identifiers.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { ProblemError } from '../../kernel/errors.ts';
import type { LogLine } from '../../case/log-line.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { foldLine, openFile } from '../../case/case-state.ts';
import type { Step } from '../../case/step-context.ts';
import { clerkOf } from '../case-log.ts';
import { sha256 } from '../fixtures.ts';

/** Looks at a case after each line of it; `before` is the case ahead of that line, null ahead of the first. */
export type Look = (lines: readonly LogLine[], file: CaseFile, before: CaseFile | null) => void;

/** A file nothing can write to; an attempt that tries to breaks. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** A case on its way through random attempts: each step's lines are folded one by one, and checked. */
export class Road {
  readonly lines: LogLine[];
  readonly refused: string[] = [];
  readonly #look: Look;
  #file: CaseFile;

  constructor(node: DivisionCode, step: Step, now: Date, look: Look) {
    const id = caseIdOf(node, '0198c0de-0000-7000-8000-000000000001');
    const first: LogLine = { ...step.lines[0], case: id, seq: 1, epoch: 1, at: now.toISOString(), node, prev: null };
    this.lines = [first];
    this.#look = look;
    this.#file = frozen(openFile(first));
    look(this.lines, this.#file, null);
  }

  get file(): CaseFile {
    return this.#file;
  }

  /** Writes the lines of an attempt's step, which the fold must accept; a refusal is recorded and changes nothing. */
  attempt(node: DivisionCode, now: Date, act: (file: CaseFile) => Step | null): void {
    let step: Step | null;
    try {
      step = act(this.#file);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.refused.push(...error.problems.map((p) => p.code));
      return;
    }
    if (!step) return;
    for (const draft of step.lines) {
      this.#write({ ...draft, ...this.#head(now), node, epoch: this.#file.epoch });
    }
    const { inTransitTo, epoch } = this.#file;
    const handOff = inTransitTo === null ? null : { to: inTransitTo, epoch: epoch + 1 };
    if (step.handOff?.to !== handOff?.to || step.handOff?.epoch !== handOff?.epoch) {
      throw new Error('The step tells another hand-off than its lines.');
    }
  }

  /** The hand-off under way arrives, or its receiver refuses it. */
  deliver(now: Date, arrives: boolean): void {
    const { inTransitTo: to, custodian, epoch } = this.#file;
    if (to === null) return;
    const data = { epoch: epoch + 1 };
    const head = { ...this.#head(now), note: null };
    if (arrives) {
      const received = {
        action: 'RECEIVED',
        data: { ...data, from: custodian },
        node: to,
        actor: clerkOf(to),
      } as const;
      this.#write({ ...head, ...received, epoch: epoch + 1 });
    } else {
      const refusal = { ...data, by: to, code: 'SIGNATURE_INVALID' };
      const actor = clerkOf(custodian);
      this.#write({ ...head, action: 'HANDOFF_REFUSED', data: refusal, node: custodian, actor, epoch });
    }
  }

  #head(now: Date) {
    const { id, seq } = this.#file;
    return { case: id, seq: seq + 1, at: now.toISOString(), prev: sha256(`line ${seq}`) };
  }

  #write(line: LogLine): void {
    this.lines.push(line);
    const before = this.#file;
    this.#file = frozen(foldLine(before, line));
    this.#look(this.lines, this.#file, before);
  }
}
