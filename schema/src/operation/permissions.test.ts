import { describe, expect, test } from 'vitest';
import {
  CITY,
  COUNTY,
  divisions,
  itemOf,
  NEIGHBOUR_VILLAGE,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  OTHER_TOWNSHIPS_VILLAGE,
  TOWNSHIP,
  VILLAGE,
} from '../testing/fixtures.ts';
import { person } from '../testing/people.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import type { Role, Tier } from '../kernel/words.ts';
import { ROLES, TIERS } from '../kernel/words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import type { Action } from './permissions.ts';
import {
  ACTIONS,
  departmentsOf,
  isOfHandlingDesk,
  PERMISSIONS,
  permittedRole,
  requireCaseReader,
  requireClearReader,
  requireDepartment,
  requireFiguresReader,
  requireKeeper,
  requireOwnDesk,
  requirePermission,
} from './permissions.ts';

const DESKS: Record<Tier, string> = { CITY, COUNTY, TOWNSHIP, VILLAGE };

const cells = ACTIONS.flatMap((action) =>
  ROLES.flatMap((role) =>
    TIERS.map((tier) => ({ action, role, tier, allowed: PERMISSIONS[action][role]?.includes(tier) ?? false })),
  ),
);
const allowed = cells.filter((cell) => cell.allowed);
const refused = cells.filter((cell) => !cell.allowed);

/** Actions that one post may do at one tier. */
const dutiesOf = (role: Role, tier: Tier) => ACTIONS.filter((action) => permittedRole(person('', role), action, tier));

/** What agents of townships do, and those of a county's proxy office don't. */
const LOWER_AGENTS = [
  'RATE_CASE',
  'TRANSFER_CASE',
  'RETURN_CASE',
  'READ_FIGURES',
  'TAKE_OVER_CASE',
  'ANSWER_ENQUIRY',
  'READ_ENQUIRIES',
  'MARK_APPOINTMENT',
  'READ_APPOINTMENTS',
  'TAKE_NUMBER',
  'CALL_NUMBER',
  'READ_QUEUE',
];

describe('the table of posts', () => {
  test.each(allowed)('$role may $action at a $tier', ({ action, role, tier }) => {
    expect(requirePermission(person(DESKS[tier], role), action, tier)).toBe(role);
  });

  test.each(refused)('$role may not $action at a $tier', ({ action, role, tier }) => {
    expect(refusal(() => requirePermission(person(DESKS[tier], role), action, tier))).toMatchObject({
      code: 'FORBIDDEN',
      article: ARTICLES.postDuties,
    });
  });

  test('has a cell for every post, tier and action', () => {
    expect(cells).toHaveLength(ROLES.length * TIERS.length * ACTIONS.length);
  });

  test('lets a village take in, claim, supplement, hand over, deliver, withdraw and read, and nothing else', () => {
    const takesIn = [
      'FILE_CASE',
      'SUPPLEMENT_CASE',
      'DELIVER_CASE',
      'RATE_CASE',
      'TRANSFER_CASE',
      'FORWARD_CASE',
      'RETURN_CASE',
      'WITHDRAW_CASE',
      'READ_CASE',
      'READ_FIGURES',
      'REQUEST_DATA',
      'SHOW_PERSONAL_DATA',
      'LOG_CONTACT',
      'REVOKE_CONSENT',
      'REPORT_ABSENCE',
      'READ_ROSTER',
      'ANSWER_ENQUIRY',
      'READ_ENQUIRIES',
      'LINK_PROJECT',
      'ASK_URGENCY',
      'CLAIM_CASE',
      'WRITE_NOTE',
      'READ_NOTES',
      'READ_SIGNALS',
      'READ_CASES_BY_APPLICANT',
      'REISSUE_TRACKING_CODE',
      'END_DEVICE',
      'READ_DEVICES',
      'ANSWER_PROJECT',
      'READ_PROJECT',
    ];
    expect(dutiesOf('AGENT', 'VILLAGE')).toEqual(takesIn);
    // the contacts of proxy handling, and being away, are the agent's own
    const agents = ['LOG_CONTACT', 'REPORT_ABSENCE'];
    expect(dutiesOf('CLERK', 'VILLAGE')).toEqual(takesIn.filter((duty) => !agents.includes(duty)));
    expect(dutiesOf('CHIEF', 'VILLAGE')).toEqual([]);
    expect(dutiesOf('SUPERVISOR', 'VILLAGE')).toEqual([]);
    expect(dutiesOf('CATALOGUER', 'VILLAGE')).toEqual([]);
  });

  test.each(['ACCEPT_CASE', 'REFUSE_CASE', 'REQUEST_SUPPLEMENT', 'REVIEW_CASE', 'DECIDE_CASE', 'EXTEND_CASE'] as const)(
    'lets nobody in a village %s',
    (action: Action) => {
      expect(permittedRole(person(VILLAGE, ROLES), action, 'VILLAGE')).toBeUndefined();
    },
  );

  test.each(TIERS)('lets a supervisor of a %s handle nothing, and only remind who is late', (tier) => {
    const handling = dutiesOf('SUPERVISOR', tier).filter((action) => !action.startsWith('READ_'));
    expect(handling).toEqual(tier === 'VILLAGE' ? [] : ['REMIND_PARTY']);
  });

  test('lets chiefs of city and county grant powers, and of county and township take them', () => {
    const tiersOf = (action: Action) => TIERS.filter((tier) => dutiesOf('CHIEF', tier).includes(action));
    expect(tiersOf('GRANT_POWER')).toEqual(['CITY', 'COUNTY']);
    expect(tiersOf('RECALL_CASE')).toEqual(['CITY', 'COUNTY']);
    expect(tiersOf('ANSWER_POWER')).toEqual(['COUNTY', 'TOWNSHIP']);
    for (const role of ROLES.filter((r) => r !== 'CHIEF')) {
      for (const tier of TIERS) expect(dutiesOf(role, tier)).not.toContain('GRANT_POWER');
    }
  });

  test('lets agents work at the desks below the city; at a county they give no case away and keep no hall', () => {
    expect(dutiesOf('AGENT', 'CITY')).toEqual([]);
    const lower = dutiesOf('AGENT', 'TOWNSHIP').filter((duty) => !dutiesOf('AGENT', 'COUNTY').includes(duty));
    expect(lower).toEqual(LOWER_AGENTS);
    expect(dutiesOf('AGENT', 'TOWNSHIP')).toContain('FILE_CASE');
  });

  test('lets a chief decide and not review, a clerk review and not decide', () => {
    expect(dutiesOf('CHIEF', 'COUNTY')).toEqual([
      'DECIDE_CASE',
      'RUN_PROCEDURE',
      'ISSUE_DOCUMENT',
      'ASSIGN_CASE',
      'TERMINATE_CASE',
      'VOID_CASE',
      'RETURN_CASE',
      'RECALL_CASE',
      'GRANT_POWER',
      'ANSWER_POWER',
      'READ_CASE',
      'READ_FIGURES',
      'SHOW_PERSONAL_DATA',
      'READ_LEGAL_BASES',
      'AUTHORIZE_WINDOW',
      'KEEP_SEALS',
      'READ_OFFICES',
      'LEAD_JOINT',
      'GIVE_OPINION',
      'READ_OPINIONS',
      'RESOLVE_OBJECTION',
      'REMIND_PARTY',
      'WITHDRAW_QUESTION',
      'GRANT_WAIVER',
      'READ_FEES',
      'KEEP_ROSTER',
      'KEEP_STAND_INS',
      'REPORT_ABSENCE',
      'READ_ROSTER',
      'OPEN_GREEN_CHANNEL',
      'DECIDE_URGENCY',
      'CLAIM_CASE',
      'ASSIGN_HANDLER',
      'READ_CASELOADS',
      'WRITE_NOTE',
      'READ_NOTES',
      'READ_SIGNALS',
      'READ_CASES_BY_APPLICANT',
      'REISSUE_TRACKING_CODE',
      'KEEP_SLOTS',
      'MARK_APPOINTMENT',
      'READ_APPOINTMENTS',
      'CALL_NUMBER',
      'READ_QUEUE',
      'ANSWER_CASE',
      'REPORT_OUTSIDE',
      'RECORD_REPORT',
      'END_DEVICE',
      'READ_DEVICES',
      'READ_CASE_NUMBERS',
      'HOLD_MEETING',
      'RECORD_MEETING',
      'READ_MEETINGS',
      'KEEP_STEWARDS',
      'KEEP_ENTERPRISE_CONTACT',
      'READ_STEWARDS',
      'KEEP_PROJECT',
      'DISPATCH_PROJECT',
      'ANSWER_PROJECT',
      'READ_PROJECT',
      'HEAR_PARTIES',
      'CALL_HEARING',
      'HOLD_HEARING',
    ]);
    expect(dutiesOf('CLERK', 'COUNTY')).toContain('REVIEW_CASE');
    expect(dutiesOf('CLERK', 'COUNTY')).not.toContain('DECIDE_CASE');
  });

  test('lets a cashier take and give back money, and touch nothing else of a case', () => {
    const duties = ['BILL_FEE', 'RECORD_PAYMENT', 'REFUND_FEE', 'READ_FEES'];
    for (const tier of ['CITY', 'COUNTY', 'TOWNSHIP'] as const) expect(dutiesOf('CASHIER', tier)).toEqual(duties);
    expect(dutiesOf('CASHIER', 'VILLAGE')).toEqual([]);
    for (const role of ROLES.filter((r) => r !== 'CASHIER'))
      expect(dutiesOf(role, 'COUNTY')).not.toContain('RECORD_PAYMENT');
  });

  test('lets a cataloguer draft and publish items, better an implementation, read figures and no case', () => {
    const items = ['DRAFT_ITEM', 'PUBLISH_ITEM', 'READ_ITEM_HISTORY', 'REVISE_IMPLEMENTATION'];
    expect(dutiesOf('CATALOGUER', 'CITY')).toEqual(expect.arrayContaining(['READ_FIGURES', ...items]));
    const atCounty = dutiesOf('CATALOGUER', 'COUNTY');
    expect(items.filter((action) => atCounty.some((a) => a === action))).toEqual(['REVISE_IMPLEMENTATION']);
    expect(dutiesOf('CATALOGUER', 'CITY').filter((action) => action.endsWith('_CASE'))).toEqual([]);
  });

  test('lets a reviewer of items review them at the city, and neither draft nor publish', () => {
    expect(dutiesOf('REVIEWER', 'CITY')).toEqual(['REVIEW_ITEM', 'READ_ITEM_HISTORY']);
    expect(dutiesOf('REVIEWER', 'COUNTY')).toEqual([]);
  });

  test('lets an operator look after nodes at every tier, and neither read nor handle a case', () => {
    const duties = ['READ_OPERATION', 'READ_PARKED_TEXT', 'DECIDE_PARKED'];
    for (const tier of TIERS) expect(dutiesOf('OPERATOR', tier)).toEqual(duties);
    for (const role of ROLES.filter((r) => r !== 'OPERATOR')) {
      for (const tier of TIERS) expect(dutiesOf(role, tier).filter((duty) => duties.includes(duty))).toEqual([]);
    }
  });

  test('lets an administrator keep logins and posts and end devices at every tier, and nothing else', () => {
    const duties = ['KEEP_ACCOUNTS', 'READ_ACCOUNTS'];
    for (const tier of TIERS) {
      expect(dutiesOf('ADMINISTRATOR', tier).sort()).toEqual(['END_DEVICE', ...duties, 'READ_DEVICES'].sort());
      for (const role of ROLES.filter((r) => r !== 'ADMINISTRATOR')) {
        expect(dutiesOf(role, tier).filter((duty) => duties.includes(duty))).toEqual([]);
      }
    }
  });

  test('lets a terminal in the hall take numbers, and do nothing else', () => {
    for (const tier of ['CITY', 'COUNTY', 'TOWNSHIP'] as const)
      expect(dutiesOf('TERMINAL', tier)).toEqual(['TAKE_NUMBER']);
    expect(dutiesOf('TERMINAL', 'VILLAGE')).toEqual([]);
  });

  test('takes the first of several posts that may do it', () => {
    expect(requirePermission(person(TOWNSHIP, ['SUPERVISOR', 'CLERK', 'CHIEF']), 'DECIDE_CASE', 'TOWNSHIP')).toBe(
      'CHIEF',
    );
    expect(requirePermission(person(TOWNSHIP, ['CHIEF', 'CLERK']), 'RETURN_CASE', 'TOWNSHIP')).toBe('CHIEF');
  });

  test('lets nobody without a post do anything', () => {
    for (const action of ACTIONS) {
      expect(refusalCode(() => requirePermission(person(COUNTY, []), action, 'COUNTY'))).toBe('FORBIDDEN');
    }
  });
});

describe('the desk', () => {
  test('is worked by its own people', () => {
    expect(() => requireOwnDesk(person(TOWNSHIP, 'CLERK'), TOWNSHIP)).not.toThrow();
  });

  test.each([
    ['the county above', COUNTY],
    ['a village below', VILLAGE],
    ['the next township', OTHER_TOWNSHIP],
  ])('is not worked by a person of %s', (_, division) => {
    expect(refusal(() => requireOwnDesk(person(division, 'CLERK'), TOWNSHIP))).toMatchObject({
      code: 'FORBIDDEN',
      article: ARTICLES.postDuties,
    });
  });
});

describe('the department', () => {
  test('stands with what it does in brackets, and there may be several', () => {
    expect(departmentsOf('民政')).toEqual(['民政']);
    expect(departmentsOf(itemOf('3310-MZ-004').department)).toEqual(['民政', '残联']);
    expect(departmentsOf(itemOf('3310-LB-001').department)).toEqual(['市场监管']);
    expect(departmentsOf('民政 ; 残联(审核)')).toEqual(['民政', '残联']);
  });

  test.each([
    ['民政', '民政'],
    ['民政', '民政;残联(审核)'],
    ['残联', '民政;残联(审核)'],
    ['市场监管', '市场监管(牵头)'],
  ])("a county's window of %s acts for an item of %s", (window, department) => {
    expect(() => requireDepartment(person(COUNTY, 'CLERK', window), department, 'COUNTY')).not.toThrow();
  });

  test.each([
    ['公安', '民政'],
    ['公安', '民政;残联(审核)'],
    ['残联(审核)', '民政;残联(审核)'],
    ['市场', '市场监管(牵头)'],
    ['牵头', '市场监管(牵头)'],
  ])("a county's window of %s does not act for an item of %s", (window, department) => {
    const act = () => requireDepartment(person(COUNTY, 'CLERK', window), department, 'COUNTY');
    expect(refusal(act)).toMatchObject({ code: 'WRONG_DEPARTMENT', article: ARTICLES.postDuties });
  });

  test.each(['TOWNSHIP', 'VILLAGE'] as const)('a comprehensive window of a %s acts for all', (tier) => {
    expect(() => requireDepartment(person(DESKS[tier], 'CLERK'), '民政', tier)).not.toThrow();
  });

  test.each(['COUNTY', 'CITY'] as const)('at a %s nobody acts for all', (tier) => {
    const act = () => requireDepartment(person(DESKS[tier], 'CLERK'), '民政', tier);
    expect(refusalCode(act)).toBe('WRONG_DEPARTMENT');
  });

  test("a township's window of one department does not act for another", () => {
    const act = () => requireDepartment(person(TOWNSHIP, 'CLERK', '公安'), '民政', 'TOWNSHIP');
    expect(refusalCode(act)).toBe('WRONG_DEPARTMENT');
  });
});

describe('reading a case', () => {
  const holders = [VILLAGE, TOWNSHIP];
  const reads = (...viewer: Parameters<typeof person>) => requireCaseReader(person(...viewer), holders, divisions);

  test('is open to the desks that held it', () => {
    expect(reads(VILLAGE, 'AGENT')).toBe('AGENT');
    expect(reads(TOWNSHIP, 'CLERK')).toBe('CLERK');
    expect(reads(TOWNSHIP, 'CHIEF')).toBe('CHIEF');
  });

  test('is open to the supervisors of those desks and above them', () => {
    expect(reads(TOWNSHIP, 'SUPERVISOR')).toBe('SUPERVISOR');
    expect(reads(COUNTY, 'SUPERVISOR')).toBe('SUPERVISOR');
    expect(reads(CITY, 'SUPERVISOR')).toBe('SUPERVISOR');
  });

  test('is open to a supervisor of whose desks one held it, although others did as well', () => {
    const both = [OTHER_TOWNSHIPS_VILLAGE, COUNTY];
    expect(requireCaseReader(person(OTHER_TOWNSHIP, 'SUPERVISOR'), both, divisions)).toBe('SUPERVISOR');
    expect(refusalCode(() => requireCaseReader(person(OTHER_TOWNSHIP, 'CLERK'), both, divisions))).toBe('FORBIDDEN');
  });

  test.each([
    ['the neighbouring village', NEIGHBOUR_VILLAGE, 'AGENT'],
    ['the next township', OTHER_TOWNSHIP, 'CLERK'],
    ['the county that does not have it yet', COUNTY, 'CLERK'],
    ['the county that does not have it yet', COUNTY, 'CHIEF'],
    ['the supervisor of another county', OTHER_COUNTY, 'SUPERVISOR'],
    ['the supervisor of the next township', OTHER_TOWNSHIP, 'SUPERVISOR'],
    ["the village's own supervisor, who is none", VILLAGE, 'SUPERVISOR'],
    ["the township's cataloguer", TOWNSHIP, 'CATALOGUER'],
  ] as const)('is refused to %s (%s %s)', (_, division, role) => {
    expect(refusal(() => reads(division, role))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
  });

  test('is refused to a clerk of a desk above who supervises another place as well', () => {
    expect(refusalCode(() => reads(OTHER_COUNTY, ['CLERK', 'SUPERVISOR']))).toBe('FORBIDDEN');
    expect(reads(COUNTY, ['CLERK', 'SUPERVISOR'])).toBe('CLERK');
  });
});

describe('a number in the clear', () => {
  const holders = [VILLAGE, TOWNSHIP];
  const clear = (division: string, role: Role | readonly Role[]) => () =>
    requireClearReader(person(division, role), holders, divisions);

  test.each([
    [VILLAGE, 'AGENT'],
    [TOWNSHIP, 'CLERK'],
    [TOWNSHIP, 'CHIEF'],
  ] as const)('is shown at %s to a %s of a desk that handles the case', (division, role) => {
    expect(clear(division, role)).not.toThrow();
    expect(isOfHandlingDesk(person(division, role), holders)).toBe(true);
  });

  test('is shown to a clerk who supervises as well', () => {
    expect(clear(TOWNSHIP, ['SUPERVISOR', 'CLERK'])).not.toThrow();
  });

  test.each(['SUPERVISOR', 'CATALOGUER', 'CASHIER'] as const)('is refused to a %s, also of such a desk', (role) => {
    expect(refusalCode(clear(TOWNSHIP, role))).toBe('FORBIDDEN');
    expect(isOfHandlingDesk(person(TOWNSHIP, role), holders)).toBe(false);
  });

  test.each([
    [COUNTY, 'CLERK'],
    [NEIGHBOUR_VILLAGE, 'AGENT'],
  ] as const)('is refused at %s, which does not handle the case', (division, role) => {
    expect(refusal(clear(division, role))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.statutoryDuty });
  });
});

describe('reading figures', () => {
  const reads = (from: string, role: Role, division: string) => () =>
    requireFiguresReader(person(from, role), division, divisions);

  test.each([
    [COUNTY, 'SUPERVISOR', COUNTY],
    [COUNTY, 'CLERK', VILLAGE],
    [CITY, 'CATALOGUER', OTHER_COUNTY],
    [VILLAGE, 'AGENT', VILLAGE],
  ] as const)("at %s a %s reads %s's", (from, role, division) => {
    expect(reads(from, role, division)).not.toThrow();
  });

  test.each([
    ['the township above', VILLAGE, 'AGENT', TOWNSHIP],
    ['the neighbouring village', VILLAGE, 'AGENT', NEIGHBOUR_VILLAGE],
    ['another county', COUNTY, 'SUPERVISOR', OTHER_COUNTY],
    ['the city above', COUNTY, 'SUPERVISOR', CITY],
  ] as const)('the figures of %s are refused (%s %s asks for %s)', (_, from, role, division) => {
    expect(refusal(reads(from, role, division))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
  });

  test('are refused to whoever has no post that reads figures', () => {
    expect(refusalCode(reads(VILLAGE, 'SUPERVISOR', VILLAGE))).toBe('FORBIDDEN');
  });

  test('of a place that does not exist are refused as unknown', () => {
    expect(refusalCode(reads(CITY, 'SUPERVISOR', '339999'))).toBe('UNKNOWN_DIVISION');
  });
});

describe('whoever keeps what belongs to the people of a desk', () => {
  const keeps = (division: string, role: Role, node: string) => () =>
    requireKeeper(person(division, role), 'KEEP_ROSTER', node, divisions);

  test('is a chief of the township, for it and for its villages', () => {
    expect(keeps(TOWNSHIP, 'CHIEF', TOWNSHIP)()).toBe('CHIEF');
    expect(keeps(TOWNSHIP, 'HEAD', VILLAGE)()).toBe('HEAD');
  });

  test.each<[string, string, Role, string]>([
    ['a clerk', TOWNSHIP, 'CLERK', VILLAGE],
    ["the village's own agent", VILLAGE, 'AGENT', VILLAGE],
    ['another township', OTHER_TOWNSHIP, 'CHIEF', VILLAGE],
    ['the county', COUNTY, 'CHIEF', TOWNSHIP],
    ['the county of a village', COUNTY, 'CHIEF', VILLAGE],
  ])('is not %s', (_, division, role, node) => {
    expect(refusal(keeps(division, role, node))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
  });
});
