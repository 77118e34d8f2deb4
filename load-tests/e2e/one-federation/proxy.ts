import { describe, expect, test } from 'vitest';
import { Client } from '../../src/federation/client.ts';
import { DEMO_PASSWORD } from '../../src/federation/demo-plan.ts';
import * as documents from '../../src/federation/documents.ts';
import { Journey, fileLowIncome } from '../../src/federation/journeys.ts';
import { proxyJourney } from '../../src/federation/proxy-journey.ts';
import type { Asking } from '../asking.ts';
import { TOWNSHIP, VILLAGE, today } from '../asking.ts';

/** Tests of proxy handling: consent, agents and their applicants, the roster. */
export function proxy(asking: Asking): void {
  const { asked, until, done, refused } = asking;
  const file = async (): Promise<Journey> => {
    const journey = new Journey(asking.federation, () => undefined);
    await fileLowIncome(journey);
    return journey;
  };

  interface AgentCases {
    agentCases: {
      nodes: { id: string; custodian: { code: string }; waits: { kind: string }[]; item: { name: string } | null }[];
    };
  }

  describe('proxy handling through the gateway', () => {
    test('goes from consent over contact and absence to what the applicant sees', async () => {
      const report = await proxyJourney(asking.federation, () => undefined);
      expect(report).toMatchObject({ ok: true, whileAway: '包志强', afterwards: '包小芳', places: expect.any(Number) });
    });

    test("takes a consent back; then the agent's steps are refused, and the desk's clerk goes on", async () => {
      const { id } = await file();
      const input = { id, way: 'SIGNATURE', reason: '本人到场办理' };
      await done('baojia-agent', documents.REVOKE_CONSENT, input);
      expect(await refused('baojia-agent', documents.FORWARD_CASE, { id })).toMatchObject([
        { code: 'CONSENT_REVOKED', node: { code: VILLAGE } },
      ]);
      await done('baojia-clerk', documents.FORWARD_CASE, { id });
    });

    test('lets an agent act for an applicant with a token of the embedded issuer, by the applicant’s slip alone', async () => {
      const { id, number, trackingCode: code } = await file();
      const { gatewayUrl } = asking.federation;
      const agent = { username: 'baojia-agent', password: DEMO_PASSWORD };
      const acting = await Client.actingFor(gatewayUrl, agent, { number, code });
      const other = await file();
      const forbidden = [expect.objectContaining({ code: 'FORBIDDEN', node: { code: VILLAGE } })];
      expect(await acting.refusals(documents.FORWARD_CASE, { id: other.id })).toMatchObject(forbidden);
      const contact = { id: other.id, with: 'APPLICANT', way: 'PHONE', what: '告知进度' };
      expect(await acting.refusals(documents.LOG_CONTACT, contact)).toMatchObject(forbidden);
      await acting.do(documents.FORWARD_CASE, { id });
      const { track } = await asked<{ track: { steps: { action: string; byProxy: boolean; actor: string }[] } }>(
        null,
        `{ track(number: "${number}", code: "${code}") { steps { action byProxy actor } } }`,
      );
      expect(track.steps.find((s) => s.action === 'FORWARDED')).toMatchObject({ byProxy: true, actor: '包小芳' });
      const refusal = (who: string, slip: { number: string; code: string }) =>
        Client.actingFor(gatewayUrl, { ...agent, username: who }, slip).then(
          () => null,
          (error: Error) => error.message,
        );
      expect(await refusal('renjia-agent', { number, code })).toBe('NOT_COMPETENT');
      expect(await refusal('tingpang-clerk', { number, code })).toBe('FORBIDDEN');
      expect(await refusal('baojia-agent', { number, code: 'AAAAAAAA' })).toBe('NOT_FOUND');
    });

    test('keeps a contact that names a number out of the log, and others out of the desk', async () => {
      const { id } = await file();
      const input = { id, with: 'APPLICANT', way: 'PHONE', what: '致电13800000001' };
      expect(await refused('baojia-agent', documents.LOG_CONTACT, input)).toMatchObject([
        { code: 'BAD_INPUT', field: 'what' },
      ]);
      const contact = { ...input, what: '告知补正事项' };
      expect(await refused('renjia-agent', documents.LOG_CONTACT, contact)).toMatchObject([{ code: 'NOT_FOUND' }]);
      expect(await refused('tingpang-chief', documents.LOG_CONTACT, contact)).toMatchObject([{ code: 'NOT_FOUND' }]);
    });

    test("lists a township's places without an agent, and refuses the roster to another township", async () => {
      const { rosterCoverage } = await asked<{ rosterCoverage: { covered: number; gaps: object[]; coverage: object } }>(
        null,
        documents.ROSTER_COVERAGE,
        { division: TOWNSHIP },
      );
      expect(rosterCoverage).toMatchObject({
        covered: 1,
        gaps: [
          { place: { code: TOWNSHIP }, gaps: ['NO_AGENT'] },
          { place: { code: '331022103210' }, gaps: ['NO_AGENT'] },
        ],
        coverage: { expected: 3, answered: 3, silent: [] },
      });
      const entry = { division: VILLAGE, sub: 'x', name: '某人', employment: 'STAFF', from: today() };
      expect(await refused('zhuao-chief', documents.KEEP_ROSTER_AGENT, entry)).toMatchObject([
        { code: 'FORBIDDEN', node: { code: VILLAGE } },
      ]);
    });

    test("lets the township's team take over a list of an agent's cases", async () => {
      const ids = [(await file()).id, (await file()).id];
      const stray = '331022102217-00000000-0000-4000-8000-000000000000';
      const reason = '代办员请假';
      expect(
        await refused('tingpang-agent', documents.TAKE_OVER_CASES, { ids: [...ids, stray], reason }),
      ).toMatchObject([{ code: 'NOT_COMPETENT', field: 'ids.2' }]);
      await done('tingpang-agent', documents.TAKE_OVER_CASES, { ids, reason });
      await until<AgentCases>('tingpang-agent', documents.AGENT_CASES, ({ agentCases }) =>
        ids.every((id) => agentCases.nodes.some((found) => found.id === id && found.custodian.code === TOWNSHIP)),
      );
      const { agentCases } = await asked<AgentCases>('baojia-agent', documents.AGENT_CASES);
      expect(agentCases.nodes.filter((found) => ids.includes(found.id))).toEqual([]);
    });
  });
}
