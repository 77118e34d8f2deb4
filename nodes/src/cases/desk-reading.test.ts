import type { HandlingView } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, countyClerk } from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, OTHER_VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

describe('reading a case', () => {
  let id: string;
  beforeAll(async () => {
    id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
  });
  const read = async (viewer: Viewer | null, node: string) => {
    const [found] = await federation.services(node).filing.getMany(viewer, [id]);
    return found instanceof Error ? found.code : 'READ';
  };

  test('is open to the desks that hold or held it', async () => {
    expect(await read(agent, VILLAGE)).toBe('READ');
    expect(await read(clerk, TOWNSHIP)).toBe('READ');
  });

  test('is refused to an agent of another village, to another township, and to the public', async () => {
    expect(await read(personAt(OTHER_VILLAGE, 'AGENT'), VILLAGE)).toBe('FORBIDDEN');
    expect(await read(personAt(OTHER_TOWNSHIP, 'CLERK'), VILLAGE)).toBe('FORBIDDEN');
    expect(await read(null, VILLAGE)).toBe('UNAUTHENTICATED');
  });

  test('is refused to the county’s windows before it reaches them, and open to its supervisor', async () => {
    expect(await read(countyClerk, VILLAGE)).toBe('FORBIDDEN');
    expect(await read(personAt(COUNTY, 'SUPERVISOR'), VILLAGE)).toBe('READ');
  });

  test('masks numbers and phones for everybody, also at the desks that handle it', async () => {
    for (const viewer of [agent, clerk, personAt(COUNTY, 'SUPERVISOR')]) {
      const [seen] = await federation.services(VILLAGE).filing.getMany(viewer, [id]);
      expect(seen).toMatchObject({ applicant: { idNumber: '331022********0028', phone: '138****0001' } });
    }
  });

  test('at a desk that handed it on names the custodian, unless a copy will do', async () => {
    await eventually(async () => (await steps.seen(id, agent))?.custody === 'ELSEWHERE');
    const [moved] = await federation.services(agent.division).handling.getMany(agent, [{ id, copy: false }]);
    expect(moved).toMatchObject({ code: 'NOT_CUSTODIAN', problem: { custodian: TOWNSHIP } });
    const [copy] = await federation.services(agent.division).handling.getMany(agent, [{ id, copy: true }]);
    expect((copy as HandlingView).staleSince).toBeInstanceOf(Date);
  });

  test('answers each key for itself', async () => {
    const answers = await federation.services(VILLAGE).filing.getMany(agent, ['331022103201-none', id]);
    expect(answers.map((a) => (a instanceof Error ? a.code : 'READ'))).toEqual(['NOT_FOUND', 'READ']);
  });
});
