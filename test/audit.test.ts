import { describe, expect, test } from 'vitest';
import { EXPLAINED, judge } from '../scripts/audit.mjs';

const finding = (name: string, severity: string) => ({
  name,
  severity,
  via: [{ source: 1, name, title: 'Something', url: `https://advisories.example/${name}`, severity }],
});
const report = (...findings: object[]) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities: Object.fromEntries(findings.map((f, i) => [i, f])) });

describe('known faults of packages', () => {
  test.each(['high', 'critical'])('that are %s keep a build from passing, and are named', (severity) => {
    const { outcome, said } = judge(report(finding('left-pad', severity), finding('other', 'low')), []);
    expect([outcome, said]).toEqual(['FAULTY', `${severity} left-pad: Something https://advisories.example/left-pad`]);
  });

  test('that are slight are named and keep nothing', () => {
    const { outcome, said } = judge(report(finding('other', 'moderate')), []);
    expect(outcome).toBe('CLEAN');
    expect(said).toContain('moderate other');
  });

  test('that are explained keep nothing, and no other of the same package is let through with them', () => {
    const explained = ['https://advisories.example/left-pad'];
    expect(judge(report(finding('left-pad', 'high')), explained).outcome).toBe('CLEAN');
    expect(judge(report(finding('left-pad', 'high'), finding('right-pad', 'high')), explained).outcome).toBe('FAULTY');
  });

  test('in a package below another are counted once, at the package that has them', () => {
    const above = { name: 'above', severity: 'high', via: ['left-pad'] };
    expect(judge(report(above, finding('left-pad', 'high')), []).said.split('\n')).toHaveLength(1);
  });

  test.each(['', '<html>', '{"message":"405 Method Not Allowed"}', 'null', '[]'])(
    'are not known where nobody answers, and the build says so: %j',
    (text) => {
      expect(judge(text, [])).toMatchObject({
        outcome: 'NOT_ANSWERED',
        said: expect.stringContaining('no known faults'),
      });
    },
  );

  test('that are let through are each explained', async () => {
    const { readFile } = await import('node:fs/promises');
    const page = await readFile(new URL('../docs/security.md', import.meta.url), 'utf8');
    expect(EXPLAINED.filter((url) => !page.includes(url))).toEqual([]);
  });
});
