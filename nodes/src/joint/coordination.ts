import type { joint, JointCaseView } from '@liandong/schema/domains/joint';
import {
  coordinationDueAt,
  lateParties,
  MOST_COORDINATED,
  requireCoordinator,
  visitToCall,
} from '@liandong/schema/domains/joint';
import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { StoredCase } from '../cases/index.ts';
import { readableCases } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { StoredOpinionRequest } from './request-store.ts';
import { listRequests } from './request-store.ts';

export interface CoordinationParts {
  node: DivisionCode;
  divisions: Divisions;
  failures: Failures;
  now: () => Date;
}

/** Cases read at once. */
const BATCH = 50;

/** 协调保障: the joint cases the centre of a desk looks after. */
export function coordinationHandlers(parts: CoordinationParts): Pick<NodeHandlers<typeof joint>, 'jointCases'> {
  const { node, divisions, failures, now } = parts;
  return {
    async jointCases({ viewer, queries, input }) {
      requireCoordinator(viewer, node, divisions);
      const at = now();
      const wanted = (each: JointCaseView) =>
        (!input.visitToCall || each.visitToCall) && (!input.late || each.late.length > 0);
      const led: JointCaseView[] = [];
      for await (const cases of ledCases(queries, failures)) {
        led.push(...cases.flatMap(({ file }) => ledHere(node, file, at)).filter(wanted));
        if (led.length >= MOST_COORDINATED) break;
      }
      const asked = await listRequests(
        queries,
        { waiting: true, department: null, elsewhere: true },
        MOST_COORDINATED,
        null,
      );
      // a case that is led within the asker's division is in the list of its lead
      const abroad = asked.filter(({ asked: { leadNode } }) => !divisions.isWithin(leadNode, viewer.division));
      return [...led, ...abroad.map((each) => askedHere(node, each, at)).filter(wanted)]
        .toSorted((a, b) => a.nextAt.getTime() - b.nextAt.getTime() || (a.id < b.id ? -1 : 1))
        .slice(0, MOST_COORDINATED);
    },
  };
}

/** Cases led here with something to coordinate, those due first, some at a time. */
async function* ledCases(queries: NodeQueries, failures: Failures): AsyncGenerator<StoredCase[]> {
  let after: { id: string; due: Date } | undefined;
  for (;;) {
    const rows: { id: string; due: Date }[] = await queries.query(
      `SELECT id, joint_due_at AS due FROM cases
       WHERE node = $1 AND joint_due_at IS NOT NULL AND ($2::timestamptz IS NULL OR (joint_due_at, id) > ($2, $3))
       ORDER BY joint_due_at, id LIMIT ${BATCH}`,
      [after?.due ?? null, after?.id ?? null],
    );
    const ids = rows.map(({ id }) => id);
    yield await readableCases(queries, ids, failures);
    after = rows.at(-1);
    if (rows.length < BATCH) return;
  }
}

function ledHere(node: DivisionCode, file: CaseFile, now: Date): JointCaseView[] {
  const { id, number, item, joint } = file;
  const nextAt = coordinationDueAt(file);
  if (!joint || nextAt === null) return [];
  return [
    {
      id,
      number,
      item,
      nextAt,
      leadNode: node,
      lead: joint.lead,
      parties: joint.parties,
      late: lateParties(joint.parties, now).map((party) => party.number),
      visitToCall: visitToCall(joint),
      visitAt: joint.visit?.at ?? null,
      answeredBy: node,
    },
  ];
}

function askedHere(node: DivisionCode, { asked }: StoredOpinionRequest, now: Date): JointCaseView {
  const { case: id, number, item, leadNode, lead, party, visit } = asked;
  return {
    id,
    number,
    item,
    leadNode,
    lead,
    parties: [party],
    late: lateParties([party], now).map((each) => each.number),
    // its lead calls it
    visitToCall: false,
    visitAt: visit?.at ?? null,
    nextAt: party.dueAt,
    answeredBy: node,
  };
}
