import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseSteps } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE } from '../testing/test-federation.ts';
import { examineCases } from './doctor-cases.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const examined = () => {
  const { nodes } = federation.config(VILLAGE);
  return examineCases({ db: federation.db(VILLAGE), config: { nodes }, now: federation.now });
};

test('the doctor names open cases whose logs cannot be followed, and lines that wait for long', async () => {
  const [sound, unread, replaced] = [await steps.file(), await steps.file(), await steps.file()];
  expect(await examined()).toEqual([expect.objectContaining({ part: 'cases', state: 'OK' })]);
  await federation.rows(VILLAGE, `UPDATE case_log SET jws = 'x.e30.y' WHERE node = $1 AND case_id = $2`, [
    VILLAGE,
    unread,
  ]);
  await federation.rows(VILLAGE, `UPDATE case_log SET hash = 'another' WHERE node = $1 AND case_id = $2`, [
    VILLAGE,
    replaced,
  ]);
  await federation.rows(
    VILLAGE,
    `INSERT INTO waiting_lines (node, case_id, seq, hash, jws, sender, came_at)
     VALUES ($1, $2, 7, 'h', 'j', $3, now() - interval '2 days'), ($1, $2, 8, 'h', 'j', $3, now())`,
    [VILLAGE, sound, TOWNSHIP],
  );
  const [broken, waiting, ...rest] = await examined();
  expect(rest).toEqual([]);
  expect(broken).toMatchObject({ part: 'cases', state: 'BAD' });
  expect(broken?.text).toContain('2 open cases');
  expect(broken?.text).toContain(unread);
  expect(broken?.text).toContain(replaced);
  expect(broken?.text).not.toContain(sound);
  expect(waiting).toMatchObject({ part: 'cases', state: 'WARN' });
  expect(waiting?.text).toContain('1 lines of 1 cases');
});
