import type { CaseDesk, CaseEvent, CaseState } from '@liandong/schema/case';
import {
  CASE_EVENTS,
  CASE_STATE_LABELS,
  CASE_STATES,
  CLOSED_STATES,
  LOG_ACTION_LABELS,
  LOG_ACTIONS,
} from '@liandong/schema/case';
import { PERMISSIONS } from '@liandong/schema/operation';
import { ROLE_LABELS, ROLES, TIER_LABELS, TIERS } from '@liandong/schema/kernel';

const DESK_LABELS: Record<CaseDesk, string> = {
  OPENING: 'the desk that opens the case',
  FILING: 'the desk that took the case in',
  ACCEPTOR: 'the accepting organ',
  DECIDER: 'the deciding organ',
  ORGAN: 'the accepting or the deciding organ',
  HOLDER: 'the desk that holds the case',
  RECEIVER: 'the node it is under way to',
};

const stateName = (state: CaseState) => `${state} ${CASE_STATE_LABELS[state]}`;

/**
 * The life of a case as a page of docs: its graph, and the posts that may cause each line; all from the table in the
 * code.
 */
export function printedLife(): string {
  return `${[
    '# The life of a case (办件全流程)',
    'Printed from `schema/src/case/case-life.ts` and `permissions.ts` by `npm run -s life`; a test checks that it is as the code says.',
    'An event that leaves the state as it is stands in the table only. Custody is not in the graph: a case under way to another node (FORWARDED, RETURNED, ASSIGNED, TRANSFERRED) takes no line but RECEIVED or HANDOFF_REFUSED.',
    ['```mermaid', 'stateDiagram-v2', ...graph(), '```'].join('\n'),
    '## Events',
    [
      '| event | after | at | leads to | caused by |',
      '| --- | --- | --- | --- | --- |',
      ...LOG_ACTIONS.map((action) => {
        const event = CASE_EVENTS[action];
        const { desk } = event;
        return `| ${action} ${LOG_ACTION_LABELS[action]} | ${fromOf(event)} | ${DESK_LABELS[desk]} | ${toOf(event)} | ${causeOf(event)} |`;
      }),
    ].join('\n'),
  ].join('\n\n')}\n`;
}

function graph(): string[] {
  const states = CASE_STATES.map((state) => `  ${state} : ${stateName(state)}`);
  const opening = LOG_ACTIONS.filter((action) => CASE_EVENTS[action].opens).flatMap((action) =>
    (CASE_EVENTS[action].to ?? []).map((to) => `  [*] --> ${to} : ${action}`),
  );
  const moves = LOG_ACTIONS.filter((action) => action !== 'RECEIVED').flatMap((action) => {
    const { from, to } = CASE_EVENTS[action];
    return from.flatMap((before) =>
      (to ?? []).filter((after) => after !== before).map((after) => `  ${before} --> ${after} : ${action}`),
    );
  });
  return [...states, ...opening, ...moves, ...CLOSED_STATES.map((state) => `  ${state} --> [*]`)];
}

function fromOf({ from, opens }: CaseEvent): string {
  return [...(opens ? ['nothing: it begins a log'] : []), ...from.map(stateName)].join(', ');
}

function toOf({ to, from }: CaseEvent): string {
  if (to === null) return 'the same state';
  // a received case keeps its state, unless another desk reviewed it
  if (to.length === from.length && to.length > 2) return 'the same state, or ACCEPTED where another desk reviewed';
  return to.map(stateName).join(' or ');
}

function causeOf({ by }: CaseEvent): string {
  if (by === null) return "a node's clockwork or another node's message";
  const posts = ROLES.flatMap((role) => {
    const tiers = TIERS.filter((tier) => PERMISSIONS[by][role]?.includes(tier));
    return tiers.length === 0 ? [] : [`${role} ${ROLE_LABELS[role]} (${tiers.map((t) => TIER_LABELS[t]).join('、')})`];
  });
  return `\`${by}\`: ${posts.join('; ')}`;
}
