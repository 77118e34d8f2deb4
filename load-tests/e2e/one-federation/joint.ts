import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as documents from '../../src/federation/documents.ts';
import { jointJourney, jointWhen, requestWhen } from '../../src/federation/joint-journey.ts';
import { Journey, scan } from '../../src/federation/journeys.ts';
import type { Asking } from '../asking.ts';
import { COUNTY, TOWNSHIP } from '../asking.ts';
import { settled } from '../federation.ts';

const DEPARTMENTS = ['住房城乡建设', '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
const AT_TOWNSHIP = DEPARTMENTS.length + 1;

/** Tests of joint handling with a township among the parties. */
export function joint(asking: Asking): void {
  const { asked, refused } = asking;
  /** An acceptance at the county, opened by the housing window, which also asks the township. */
  async function opened(): Promise<Journey> {
    const journey = new Journey(asking.federation, () => undefined);
    const who = 'county-housing-clerk';
    await journey.file(who, '', {
      item: '3310-LB-003',
      applicant: {
        name: '三门亭旁橡胶厂',
        idType: 'SOCIAL_CREDIT_CODE',
        idNumber: '91331022MA0000000F',
        phone: '13800000009',
      },
      materials: ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'].map((name) => scan(name)),
    });
    await journey.step(who, '', documents.ACCEPT_CASE);
    const party = { ask: 'OPINION', days: 5 };
    const far = { node: TOWNSHIP, department: '村镇建设', materials: ['竣工验收报告'], ...party };
    const parties = [...DEPARTMENTS.map((department) => ({ department, ...party })), far];
    await journey.step(who, '', documents.OPEN_JOINT, { stage: 'COMPLETION', parties });
    return journey;
  }

  test('the demo’s joint acceptance is granted: one visit, one list of corrections, one document', async () => {
    const report = await jointJourney(asking.federation, () => undefined);
    expect(report).toMatchObject({
      ok: true,
      outcome: 'GRANTED',
      state: 'CLOSED',
      corrections: { mandatory: 1, made: 1 },
    });
    expect(report.parties).toHaveLength(AT_TOWNSHIP);
    expect(report.parties).toContain('气象缺席默认');
  });

  describe('through the gateway', () => {
    test('a township’s clerk finds the question, reads what is shown, answers, and the county reads the answer', async () => {
      const journey = await opened();
      const township = await asking.federation.as('tingpang-clerk');
      const found = await requestWhen(township, journey.id, (now) => now.state === 'WAITING');
      expect(found).toMatchObject({
        applicant: '三门亭旁橡胶厂',
        leadNode: { code: COUNTY, name: '三门县' },
        party: { number: AT_TOWNSHIP, department: '村镇建设' },
        materials: [{ name: '竣工验收报告' }],
      });
      const shown = `query ($id: ID!, $party: Int!, $sha256: String!) {
      opinionMaterial(case: $id, party: $party, sha256: $sha256) }`;
      const key = { id: journey.id, party: AT_TOWNSHIP };
      const { opinionMaterial } = await township.get<{ opinionMaterial: string }>(shown, {
        ...key,
        sha256: found.materials[0]?.sha256,
      });
      expect(Buffer.from(opinionMaterial, 'base64').toString('latin1')).toContain('%PDF-1.4');
      const lead = await asking.federation.as('county-housing-clerk');
      await jointWhen(lead, journey.id, (now) => now.parties.at(-1)?.askedAt !== null);
      await township.do(documents.GIVE_OPINION, { ...key, opinion: 'OBJECT', reason: '进厂道路未移交' });
      const seen = await jointWhen(lead, journey.id, (now) => now.parties.at(-1)?.opinion !== null);
      expect(seen.parties.at(-1)).toMatchObject({ node: { code: TOWNSHIP }, opinion: 'OBJECT', outstanding: false });
      const taken = await requestWhen(township, journey.id, (now) => now.answers[0]?.state === 'TAKEN');
      expect(taken).toMatchObject({ state: 'ANSWERED', answers: [{ opinion: 'OBJECT' }] });

      const one = `query ($division: ID, $id: ID!, $party: Int!) {
      opinionRequest(division: $division, case: $id, party: $party) { state } }`;
      const told = (who: string) =>
        asking.federation.as(who).then((client) => client.ask(one, { division: TOWNSHIP, ...key }));
      expect(await told('city-supervisor')).toMatchObject({
        errors: [],
        data: { opinionRequest: { state: 'ANSWERED' } },
      });
      for (const who of ['county-housing-clerk', 'zhuao-clerk', 'tingpang-agent']) {
        expect({ who, ...(await told(who)) }).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      }
      expect(await refused('zhuao-clerk', documents.GIVE_OPINION, { ...key, opinion: 'AGREE' })).toMatchObject([
        { code: 'NOT_FOUND' },
      ]);
      const { opinionRequests } = await asked<{ opinionRequests: { nodes: unknown[] } }>(
        'zhuao-clerk',
        '{ opinionRequests { nodes { caseId } } }',
      );
      expect(opinionRequests.nodes).toEqual([]);
    });

    test('a township that was down past the opening is asked when it is back, and its answer counts', async () => {
      await asking.federation.host('tingpang').kill();
      const journey = await opened();
      const lead = await asking.federation.as('county-housing-clerk');
      const now = await jointWhen(lead, journey.id, () => true);
      expect(now.parties.map((p) => p.askedAt === null)).toEqual([...DEPARTMENTS.map(() => false), true]);
      await asking.federation.host('tingpang').start();
      await jointWhen(lead, journey.id, (later) => later.parties.at(-1)?.askedAt !== null);
      const township = await asking.federation.as('tingpang-clerk');
      await requestWhen(township, journey.id, (found) => found.state === 'WAITING');
      await township.do(documents.GIVE_OPINION, { id: journey.id, party: AT_TOWNSHIP, opinion: 'AGREE' });
      await jointWhen(lead, journey.id, (later) => later.parties.at(-1)?.opinion === 'AGREE');
      await settled(asking.federation);
      // the exported case proves the township's answer with the root's public key
      const file = join(asking.federation.dir, 'joint.json');
      const { code, output } = await asking.federation.command('county', [
        'case',
        'export',
        journey.id,
        '--node',
        COUNTY,
        '--out',
        file,
      ]);
      expect({ code, output }).toMatchObject({ code: 0 });
      const verified = await asking.federation.command('county', ['verify', file, '--json']);
      expect({ code: verified.code, output: verified.output }).toMatchObject({ code: 0 });
    });
  });
}
