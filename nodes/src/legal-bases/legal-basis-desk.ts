import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { LegalBasisChange, LegalBasisReport } from '@liandong/schema/domains/legal-bases';
import { isAsked, legalBasisReportSchema } from '@liandong/schema/domains/legal-bases';
import { problem } from '@liandong/schema/kernel';
import type { SharedTx } from '../db/index.ts';
import type { Incoming, Outbox, Verdict } from '../handoff/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { countRunning, insertChange, saveReport } from './legal-bases-store.ts';

export interface LegalBasisDeskParts {
  divisions: Divisions;
  outbox: Outbox;
  /** Every node of the federation. */
  nodes: () => readonly DivisionCode[];
  now: () => Date;
}

/** Applies a change of the law at a node, and exchanges reports on it with other nodes. */
export class LegalBasisDesk {
  readonly parts: LegalBasisDeskParts;

  constructor(parts: LegalBasisDeskParts) {
    this.parts = parts;
  }

  /**
   * Takes a change in, once. A node that has to confirm it, or that holds running cases of the items, reports to the
   * levels above; the other nodes report nothing.
   */
  readonly take = async (tx: SharedTx, change: LegalBasisChange): Promise<void> => {
    if (!(await insertChange(tx, change))) return;
    const running = await countRunning(tx, change.items);
    if (running > 0 || isAsked(change, tx.node, this.parts.divisions)) await this.tell(tx, change, null, running);
  };

  /** Stores this node's report, and sends it to every level above that collects facts. */
  async tell(
    tx: SharedTx,
    change: LegalBasisChange,
    confirmation: LegalBasisReport['confirmation'],
    running?: number,
  ): Promise<void> {
    const { divisions, outbox, nodes, now } = this.parts;
    const report: LegalBasisReport = {
      change: change.id,
      node: tx.node,
      runningCases: running ?? (await countRunning(tx, change.items)),
      countedAt: now().toISOString(),
      confirmation,
    };
    await saveReport(tx, report);
    const known = new Set(nodes());
    const above = divisions.ancestors(tx.node).filter((d) => DUTIES[d.tier].collectsFacts && known.has(d.code));
    await outbox.enqueue(
      tx,
      above.map((d) => ({ receiver: d.code, kind: 'LEGAL_BASIS', caseId: null, body: report })),
    );
  }

  /** Takes in a lower node's report. */
  readonly report = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const parsed = legalBasisReportSchema.safeParse(message.body);
    if (!parsed.success)
      throw problem('MESSAGE_INVALID', 'Not a word on a change of the law.', { cause: parsed.error });
    const { node } = parsed.data;
    if (node !== message.from || !this.parts.divisions.isWithin(node, tx.node)) {
      return { outcome: 'REFUSED', code: 'FORBIDDEN', reason: `${message.from} can't speak for ${node} here.` };
    }
    await saveReport(tx, parsed.data);
    return { outcome: 'DONE' };
  };
}
