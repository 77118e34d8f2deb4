import { handling } from '@liandong/schema/domains/handling';
import type { DivisionCode, ProblemError } from '@liandong/schema/kernel';
import type { FileCaseInput } from '@liandong/schema/domains/filing';
import { filing } from '@liandong/schema/domains/filing';
import type { HandlingView } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import type { TestFederation } from './test-federation.ts';
import { COUNTY, TOWNSHIP, VILLAGE, eventually, personAt } from './test-federation.ts';

/** People at the desks the tests use. */
export const agent = personAt(VILLAGE, 'AGENT');
export const clerk = personAt(TOWNSHIP, 'CLERK');
export const chief = personAt(TOWNSHIP, 'CHIEF');
export const countyClerk = personAt(COUNTY, 'CLERK', '民政');
export const countyChief = personAt(COUNTY, 'CHIEF', '民政');

export const LOW_INCOME = '3310-MZ-001';
export const LOW_INCOME_MATERIALS = ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿'];
export const RELIEF = '3310-MZ-002';
export const HOMESTEAD = '3310-NY-001';
export const HOMESTEAD_MATERIALS = [
  '宅基地和建房申请表',
  '农村宅基地使用承诺书',
  '身份证明',
  '村集体讨论通过及公示证明',
];

/** A material with bytes of its own. */
export function material(name: string, bytes: Buffer = Buffer.from(`%PDF-1.4 ${name} ${Math.random()} %%EOF`)) {
  return { name, fileName: `${name}.pdf`, mediaType: 'application/pdf' as const, content: bytes.toString('base64') };
}

/** A valid application for the low-income allowance, taken in by the village's agent. */
export function application(change: Partial<FileCaseInput> = {}): FileCaseInput {
  return {
    item: LOW_INCOME,
    place: null,
    applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '代办最低生活保障', givenAt: '2026-01-05T01:00:00.000Z' },
    amountFen: null,
    materials: LOW_INCOME_MATERIALS.map((name) => material(name)),
    idempotencyKey: null,
    ...change,
  };
}

export function homestead(change: Partial<FileCaseInput> = {}): FileCaseInput {
  return application({ item: HOMESTEAD, materials: HOMESTEAD_MATERIALS.map((name) => material(name)), ...change });
}

/** 临时救助 over an amount, in fen; the county's grant says how much a township may decide. */
export function relief(amountFen: number | null, materials: readonly string[]): FileCaseInput {
  return application({ item: RELIEF, amountFen, materials: materials.map((name) => material(name)) });
}

const step = (id: string) => ({ id, note: null, idempotencyKey: null });

/** The codes that refuse a step; empty if it is taken. */
export const codesOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => [],
    (error: ProblemError) => error.problems.map((p) => p.code),
  );

/** Steps of a case at their desks. */
export class CaseSteps {
  readonly #federation: TestFederation;

  constructor(federation: TestFederation) {
    this.#federation = federation;
  }

  async file(viewer: Viewer = agent, input: FileCaseInput = application()): Promise<string> {
    const made = await this.#federation.desk(viewer.division, filing).fileCase(viewer, input);
    return made.filing.id;
  }

  forward(id: string, viewer: Viewer): Promise<HandlingView> {
    return this.#federation.desk(viewer.division, handling).forwardCase(viewer, step(id));
  }

  accept(id: string, viewer: Viewer): Promise<HandlingView> {
    return this.#federation.desk(viewer.division, handling).acceptCase(viewer, step(id));
  }

  review(id: string, viewer: Viewer, amountFen: number | null = null): Promise<HandlingView> {
    return this.#federation
      .desk(viewer.division, handling)
      .reviewCase(viewer, { ...step(id), opinion: 'APPROVE', amountFen });
  }

  decide(id: string, viewer: Viewer): Promise<HandlingView> {
    return this.#federation
      .desk(viewer.division, handling)
      .decideCase(viewer, { id, outcome: 'GRANTED', reason: null, minutes: null, idempotencyKey: null });
  }

  /**
   * Issues the document at the desk that decided the case, sends it to the desk that took the case in, and delivers it
   * there.
   */
  async deliver(id: string, decidedBy: Viewer, deliveredBy: Viewer): Promise<HandlingView> {
    const desk = this.#federation.desk(decidedBy.division, handling);
    await desk.issueDocument(decidedBy, step(id));
    if (decidedBy.division !== deliveredBy.division) {
      await desk.assignCase(decidedBy, step(id));
      await this.arrives(id, deliveredBy);
    }
    return this.#federation
      .desk(deliveredBy.division, handling)
      .deliverCase(deliveredBy, { ...step(id), way: 'AGENT' });
  }

  /** The case as a desk knows it; null if the desk may not see it or does not know it. */
  async seen(id: string, viewer: Viewer, copy = true): Promise<HandlingView | null> {
    const [view] = await this.#federation.services(viewer.division).handling.getMany(viewer, [{ id, copy }]);
    return view instanceof Error ? null : (view ?? null);
  }

  /** Waits until the case rests at a desk. */
  async arrives(id: string, viewer: Viewer): Promise<void> {
    await eventually(async () => (await this.seen(id, viewer, false))?.custody === 'HELD');
  }

  /** Waits until the desk that sent a case away has its receiver's receipt. */
  async handedOver(id: string, sender: Viewer): Promise<void> {
    await eventually(async () => (await this.seen(id, sender))?.custody === 'ELSEWHERE');
  }

  /** Waits until a desk knows that the case is in a state. */
  async known(id: string, viewer: Viewer, state: HandlingView['state']): Promise<void> {
    await eventually(async () => (await this.seen(id, viewer))?.state === state);
  }

  /** Files, forwards, accepts and reviews a case at the township; the village knows that the township has it. */
  async toReviewedAtTownship(id: string): Promise<void> {
    await this.forward(id, agent);
    await this.arrives(id, clerk);
    await this.handedOver(id, agent);
    await this.accept(id, clerk);
    await this.review(id, clerk);
  }
}

/** The nodes that hold a case now, by their own rows. */
export async function custodians(
  federation: TestFederation,
  nodes: readonly DivisionCode[],
  id: string,
): Promise<DivisionCode[]> {
  const held = await Promise.all(
    nodes.map(async (node) => {
      const rows = await federation.rows<{ custody: string }>(
        node,
        `SELECT custody FROM cases WHERE node = $1 AND id = $2`,
        [node, id],
      );
      return rows[0]?.custody === 'HELD' ? [node] : [];
    }),
  );
  return held.flat();
}
