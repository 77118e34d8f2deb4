import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, chief, clerk, custodians, homestead } from '../testing/cases.ts';
import { putOutbox, readOutbox } from '../testing/outbox.ts';
import { COUNTY, TOWNSHIP, TestFederation, VILLAGE, CITY, eventually } from '../testing/test-federation.ts';
import { sha256 } from '../trust/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const outbox = (node: string, id: string) => readOutbox(federation, node, id);

describe('a message that cannot be processed', () => {
  const inject = async (id: string, content: unknown) => {
    const body = JSON.stringify(content);
    const message = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'DOSSIER', caseId: id, body });
    await eventually(
      async () =>
        (await federation.rows(TOWNSHIP, `SELECT 1 FROM parked WHERE node = $1 AND id = $2`, [TOWNSHIP, message]))
          .length === 1,
    );
    const [parked] = await federation.rows<{ code: string }>(
      TOWNSHIP,
      `SELECT code FROM parked WHERE node = $1 AND id = $2`,
      [TOWNSHIP, message],
    );
    return { message, code: parked?.code };
  };
  const dossierOf = async (id: string) => {
    const [row] = (await outbox(VILLAGE, id)).filter((r) => r.kind === 'DOSSIER');
    return JSON.parse(row?.body ?? '{}') as { case: string; epoch: number; application: string; lines: string[] };
  };

  test('with a changed byte in a line is parked with its reason, and the ones behind it go on', async () => {
    const id = await steps.file();
    await federation.stopHost(TOWNSHIP);
    await steps.forward(id, agent);
    const dossier = await dossierOf(id);
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
    const [first = ''] = dossier.lines;
    const forged = first.replace(/\.(.)/, (_, c: string) => `.${c === 'e' ? 'f' : 'e'}`);
    const { code, message } = await inject(id, { ...dossier, epoch: 9, lines: [forged, ...dossier.lines.slice(1)] });
    expect(code).toBe('SIGNATURE_INVALID');
    const [owed] = await federation.rows<{ settled_at: Date | null; outcome: string | null }>(
      VILLAGE,
      `SELECT settled_at, outcome FROM outbox WHERE node = $1 AND id = $2`,
      [VILLAGE, message],
    );
    expect(owed?.settled_at).toBeNull();
    const other = await steps.file();
    await steps.forward(other, agent);
    await steps.arrives(other, clerk);
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND id = $2`, [VILLAGE, message]);
  });

  test('with another application than was filed is parked', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const dossier = await dossierOf(id);
    const { code, message } = await inject(id, {
      ...dossier,
      application: dossier.application.replace('王秀英', '李秀英'),
    });
    expect(code).toBe('CHAIN_BROKEN');
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND id = $2`, [VILLAGE, message]);
  });

  test('with a body that is none is parked as invalid', async () => {
    const { code, message } = await inject('331022103201-none', { nonsense: true });
    expect(code).toBe('MESSAGE_INVALID');
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND id = $2`, [VILLAGE, message]);
  });
});

describe('a database that can not write for the moment, say for want of disk,', () => {
  /** Makes a node's log refuse every line, and remembers whether one was tried. */
  const fill = async (node: string) => {
    for (const sql of [
      `CREATE SEQUENCE tried`,
      `CREATE FUNCTION no_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         PERFORM nextval('tried');
         RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';
       END $$`,
      `CREATE TRIGGER no_disk BEFORE INSERT ON case_log FOR EACH ROW EXECUTE FUNCTION no_disk()`,
    ]) {
      await federation.rows(node, sql);
    }
  };
  const empty = async (node: string) => {
    await federation.rows(node, `DROP FUNCTION no_disk CASCADE`);
    await federation.rows(node, `DROP SEQUENCE tried`);
  };
  const wasTried = (node: string) =>
    eventually(async () => {
      const [tried] = await federation.rows<{ is_called: boolean }>(node, `SELECT is_called FROM tried`);
      return tried?.is_called === true;
    });

  test('delays what comes to it, and nothing is set aside', async () => {
    const id = await steps.file();
    await fill(TOWNSHIP);
    await steps.forward(id, agent);
    await wasTried(TOWNSHIP);
    await empty(TOWNSHIP);
    await steps.arrives(id, clerk);
    const parked = await federation.rows<{ id: string; body: string }>(
      TOWNSHIP,
      `SELECT id, body FROM parked WHERE resolved_at IS NULL AND kind = 'DOSSIER'`,
    );
    const vault = federation.db(TOWNSHIP).vault(TOWNSHIP);
    const bodies = await Promise.all(parked.map((row) => vault.open('parked.body', row.id, row.body)));
    expect(bodies.filter((body) => body.includes(id))).toEqual([]);
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
  });

  test('delays what it is answered', async () => {
    const id = await steps.file();
    await federation.stopHost(TOWNSHIP);
    await steps.forward(id, agent);
    await fill(VILLAGE);
    await federation.startHost(TOWNSHIP);
    await wasTried(VILLAGE);
    await empty(VILLAGE);
    await eventually(async () => (await steps.seen(id, agent))?.custodian === TOWNSHIP);
    expect((await outbox(VILLAGE, id)).every((row) => row.outcome === 'DONE')).toBe(true);
  });

  test('refuses a step as one that can be tried again', async () => {
    const id = await steps.file();
    await fill(VILLAGE);
    await expect(steps.forward(id, agent)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await empty(VILLAGE);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
  });
});

describe('materials', () => {
  test('that the receiver lost are asked for again and the dossier is taken then', async () => {
    const id = await steps.file();
    await federation.stopBroker();
    await steps.forward(id, agent);
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'MATERIAL'`, [
      VILLAGE,
      id,
    ]);
    await federation.startBroker();
    await steps.arrives(id, clerk);
    const sent = (await outbox(VILLAGE, id)).filter((row) => row.kind === 'MATERIAL');
    expect(sent.length).toBe(4);
  });

  test('that are corrupt on arrival are refused and never become a material', async () => {
    const bytes = Buffer.from('what was scanned');
    const wrong = Buffer.from('what was altered');
    const digest = sha256(bytes);
    await federation.rows(VILLAGE, `INSERT INTO blobs (node, sha256, size, content) VALUES ($1, $2, $3, $4)`, [
      VILLAGE,
      digest,
      wrong.length,
      federation.db(VILLAGE).vault(VILLAGE).sealPieces('blobs.content', digest, wrong),
    ]);
    const body = JSON.stringify({ sha256: digest, offset: 0, length: wrong.length, size: wrong.length });
    const message = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'MATERIAL', body });
    await eventually(
      async () =>
        (
          await federation.rows<{ outcome: string }>(
            VILLAGE,
            `SELECT outcome FROM outbox WHERE node = $1 AND id = $2`,
            [VILLAGE, message],
          )
        )[0]?.outcome === 'REFUSED',
    );
    expect(
      await federation.rows(TOWNSHIP, `SELECT 1 FROM blobs WHERE node = $1 AND sha256 = $2`, [TOWNSHIP, digest]),
    ).toEqual([]);
  });
});

describe('an echo', () => {
  test('tells every desk that held the case of each step, so that the village knows the outcome by itself', async () => {
    const id = await steps.file(agent, homestead());
    await steps.toReviewedAtTownship(id);
    await steps.decide(id, chief);
    await steps.known(id, agent, 'GRANTED');
    const view = await steps.seen(id, agent);
    expect(view?.log.map((l) => l.action)).toEqual([
      'FILED',
      'FORWARDED',
      'RECEIVED',
      'ACCEPTED',
      'REVIEWED',
      'DECIDED',
    ]);
    expect(view?.staleSince).not.toBeNull();
  });

  test('that comes before the one ahead of it waits for it', async () => {
    const id = await steps.file(agent, homestead());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await steps.seen(id, agent))?.custody === 'ELSEWHERE');
    await federation.stopHost(VILLAGE);
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    // the echo of the acceptance is held back, and the echo of the review overtakes it
    await federation.rows(
      TOWNSHIP,
      `UPDATE outbox SET settled_at = now() WHERE node = $1 AND kind = 'ECHO' AND case_id = $2 AND ordinal = (SELECT min(ordinal) FROM outbox WHERE node = $1 AND kind = 'ECHO' AND case_id = $2)`,
      [TOWNSHIP, id],
    );
    await federation.wipeBroker();
    await federation.startHost(VILLAGE);
    await eventually(
      async () =>
        (
          await federation.rows(VILLAGE, `SELECT 1 FROM waiting_lines WHERE node = $1 AND case_id = $2 AND seq = 5`, [
            VILLAGE,
            id,
          ])
        ).length === 1,
    );
    expect((await steps.seen(id, agent))?.log.map((l) => l.seq)).toEqual([1, 2, 3]);
    await federation.rows(
      TOWNSHIP,
      `UPDATE outbox SET settled_at = NULL, next_at = now() WHERE node = $1 AND kind = 'ECHO' AND case_id = $2`,
      [TOWNSHIP, id],
    );
    await steps.known(id, agent, 'REVIEWED');
  });
});

describe('a backlog', () => {
  test('whose answers are more than one message of the broker can hold is settled by what was sent once', async () => {
    await federation.stopHost(TOWNSHIP);
    const number = 1_500;
    await Promise.all(
      Array.from({ length: number }, (_, i) =>
        putOutbox(federation, VILLAGE, {
          receiver: TOWNSHIP,
          kind: 'RATING',
          body: JSON.stringify({ case: `${i}`.padStart(900, '0'), grade: 5 }),
        }),
      ),
    );
    const owed = async () =>
      federation.rows<{ attempts: number }>(
        VILLAGE,
        `SELECT attempts FROM outbox WHERE node = $1 AND kind = 'RATING' AND settled_at IS NULL`,
        [VILLAGE],
      );
    await eventually(async () => (await owed()).every(({ attempts }) => attempts > 0));
    // nothing is sent a second time before the answers come
    await federation.rows(
      VILLAGE,
      `UPDATE outbox SET next_at = now() + interval '1 hour' WHERE node = $1 AND settled_at IS NULL AND kind = 'RATING'`,
      [VILLAGE],
    );
    await federation.startHost(TOWNSHIP);
    await eventually(async () => (await owed()).length === 0);
    expect(
      await federation.rows(
        VILLAGE,
        `SELECT outcome, code, count(*)::int FROM outbox WHERE node = $1 AND kind = 'RATING' GROUP BY 1, 2`,
        [VILLAGE],
      ),
    ).toEqual([{ outcome: 'REFUSED', code: 'FORBIDDEN', count: number }]);
  });
});
