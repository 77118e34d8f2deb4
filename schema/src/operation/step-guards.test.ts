import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DOMAINS } from '../domains/list.ts';
import type { CaseFile } from '../case/case-file.ts';
import type { StepContext } from '../case/step-context.ts';
import { roleSchema } from '../graph/roles.ts';
import { parseInput } from '../graph/parse-input.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { Role } from '../kernel/words.ts';
import { ROLES } from '../kernel/words.ts';
import { anyJourney, travel } from '../testing/journeys/any-journey.ts';
import { deskOf } from '../testing/desks.ts';
import { implementationOf, itemOf, material, TOWNSHIP } from '../testing/fixtures.ts';
import type { Samples } from '../testing/inputs.ts';
import { mutationCall } from '../testing/inputs.ts';
import { codeOrDone } from '../testing/refusals.ts';
import { SITUATIONS } from '../testing/situations.ts';
import { operationsOf } from './domain.ts';
import { stepStates } from './step-states.ts';

// If a guard refuses, its step refuses every input: over every kind of case, on random journeys, for random people.

/** An input each rule takes as far as the case lets it. */
const SAMPLES: Samples = {
  outcome: 'REFUSED',
  kind: 'TESTING',
  end: 'UPHELD',
  to: TOWNSHIP,
  project: 'p',
  quantity: 1,
  amountFen: 1,
  party: 1,
  phone: '13800000001',
  mediaType: 'application/pdf',
  'HearingPartyInput.party': 0,
  'HearPartyInput.party': 0,
  'DecideCaseInput.reason': '理由',
  'DecideCaseInput.minutes': '会议纪要',
  'DecideOnTheSpotInput.reason': '理由',
  'DecideUrgencyInput.reason': '理由',
  'ReviewCaseInput.second': { sub: 'second', name: '第二人' },
  'StartProcedureInput.expectedDays': 5,
  'CallHearingInput.announcement': '公告',
};
/** Data that nodes give to rules. */
const NEEDS: Readonly<Record<string, (file: CaseFile) => unknown>> = {
  linkToProject: () => ({ id: 'p', key: true, ended: false }),
  billFees: () => new Map(),
  issueDocument: () => ({ number: '1', document: material('决定书') }),
  fileDraft: ({ number, place, application }) => ({ number, place, application, consent: null, materials: [] }),
  supplementCase: () => [],
  arrangeMaterials: ({ materials }) => materials.slice(1),
  correctApplication: ({ application, facts }) => ({
    parts: ['APPLICANT'],
    reason: '有误',
    text: '{}',
    application,
    consent: null,
    facts,
    form: [],
  }),
  tellInterestedParties: () => material('名册'),
  hearParty: () => material('陈述'),
  holdHearing: () => material('笔录'),
};

type Take = (context: StepContext, file: CaseFile, input: object, needs: unknown) => unknown;
const STEPS = operationsOf(DOMAINS).flatMap(({ operation, domain }) => {
  if (operation.kind !== 'step') return [];
  const { variables } = mutationCall(roleSchema(domain.role), operation.name, SAMPLES);
  const input = parseInput<object>(operation.input, { ...(variables['input'] as object), id: 'x' });
  const needs = NEEDS[operation.name] ?? (() => null);
  return [
    {
      operation,
      take: (context: StepContext, file: CaseFile) => (operation.take as Take)(context, file, input, needs(file)),
      // says which of several things in the case it is about: another of them may be refused otherwise
      namesOne: ['party', 'waiver', 'procedure', 'correction', 'of'].some((key) => key in operation.input.shape),
    },
  ];
});

/** Codes that say nothing of an input. */
const OF_THE_CASE = ['FORBIDDEN', 'WRONG_DEPARTMENT', 'NOT_CUSTODIAN', 'CASE_IN_TRANSIT', 'ILLEGAL_STEP'];

/** Faults of the guards for one person at one desk. */
function faultsAt(context: StepContext, file: CaseFile): string[] {
  const states = stepStates(
    STEPS.map((step) => step.operation),
    context,
    file,
  );
  return STEPS.flatMap(({ operation, take, namesOne }, index) => {
    const refused = states[index]?.why?.code ?? null;
    const taken = codeOrDone(() => take(context, file));
    const { name } = operation;
    const says = `${name} of a case ${file.state} at ${context.node} by ${context.viewer.roles.join('+')}: guard ${refused}, step ${taken}`;
    if (refused !== null) return taken === null || (taken !== refused && !namesOne) ? [says] : [];
    const known = taken !== null && OF_THE_CASE.includes(taken) && !(namesOne && taken === 'ILLEGAL_STEP');
    return known ? [says] : [];
  });
}

interface Who {
  roles: Role | readonly Role[];
  department?: string;
}
/** Every post, all posts at once, and people of another department. */
const SOMEBODY: readonly Who[] = [
  ...ROLES.map((roles) => ({ roles })),
  { roles: ROLES },
  { roles: ROLES, department: '教育' },
];

function faultsOf(file: CaseFile, item: Item, nodes: readonly DivisionCode[], who: readonly Who[]): string[] {
  const implementation = implementationOf(item, file.decider);
  const now = new Date(file.lastAt.getTime() + 60_000);
  return [...new Set(nodes)].flatMap((node) =>
    who.flatMap(({ roles, ...as }) => faultsAt(deskOf(node, roles, { now, item, implementation, ...as }), file)),
  );
}

describe('a guard', () => {
  test.each(Object.entries(SITUATIONS))('agrees with its step for every post, of a case %s', (_, { file }) => {
    const nodes = [file.custodian, file.home, file.acceptor, file.decider];
    expect(faultsOf(file, itemOf(file.item), nodes, SOMEBODY)).toEqual([]);
  });

  test('agrees with its step on every journey', () => {
    const anybody = fc.record(
      { roles: fc.subarray([...ROLES]), department: fc.constantFrom('教育', '林业', '民政') },
      { requiredKeys: ['roles'] },
    );
    fc.assert(
      fc.property(anyJourney, anybody, fc.constantFrom(0, 1, 2), (journey, one, third) => {
        travel(journey, (lines, file) => {
          if (lines.length % 3 !== third) return;
          expect(faultsOf(file, journey.item, [file.custodian, file.decider], [one, { roles: ROLES }])).toEqual([]);
        });
      }),
      { numRuns: 30 },
    );
  });
});
