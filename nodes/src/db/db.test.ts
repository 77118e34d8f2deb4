import { readdirSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_DUE } from '@liandong/schema/case';
import { problem } from '@liandong/schema/kernel';
import { createDatabase } from '../testing/test-federation.ts';
import { HostDb, MIGRATIONS_DIR, migrate, pipelined } from './index.ts';
import { schemaDrift } from '../testing/schema-drift.ts';

/** In the order they are applied. */
const MIGRATIONS = readdirSync(MIGRATIONS_DIR)
  .map((file) => file.replace(/\.sql$/, ''))
  .sort();

describe('migrations', () => {
  test('bring an empty database to the schema that schema.prisma describes', async () => {
    const url = await createDatabase(null);
    expect(await migrate(url)).toEqual(MIGRATIONS);
    expect(await schemaDrift(url)).toBe('');
  });

  test('the check for drift does see a column that is missing', async () => {
    const url = await createDatabase();
    const db = new HostDb(url, 2, () => undefined);
    await db.queryHost('ALTER TABLE cases DROP COLUMN head');
    await db.close();
    expect(await schemaDrift(url)).toContain('head');
  });

  test('do nothing the second time', async () => {
    const url = await createDatabase();
    expect(await migrate(url)).toEqual([]);
  });

  test('of several hosts at once wait for each other', async () => {
    const url = await createDatabase(null);
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(applied.flat()).toEqual(MIGRATIONS);
  });

  test('that were edited after they had been applied are refused', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    await cp(MIGRATIONS_DIR, dir, { recursive: true });
    const url = await createDatabase(null);
    await migrate(url, dir);
    await writeFile(join(dir, '0001_nodes.sql'), '-- edited', { flag: 'a' });
    await expect(migrate(url, dir)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await rm(dir, { recursive: true });
  });

  test('put cases that were there before into the work queue, to be counted from their logs when the host starts', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const name of MIGRATIONS.filter((migration) => migration < '0016')) {
      await cp(join(MIGRATIONS_DIR, `${name}.sql`), join(dir, `${name}.sql`));
    }
    const url = await createDatabase(null);
    await migrate(url, dir);
    const db = new HostDb(url, 2, () => undefined);
    await db.queryHost(`INSERT INTO items (node, code, version, name, department, effective_from, published_at, body)
      VALUES ('331022', 'i', 1, 'i', '民政;残联(审核)', '2026-01-01', now(), '{}')`);
    await db.queryHost(`INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody,
        custodian, epoch, seq, head, filed_at, last_at, due_at, closed_at)
      SELECT '331022', id, id, 'i', '331022', '331022', '331022', state, 'HELD', '331022', 1, 1, 'h', now(), now(),
        due_at, CASE WHEN state = 'WITHDRAWN' THEN now() END
      FROM (VALUES ('a', 'ACCEPTED', timestamptz '2026-04-01Z'), ('b', 'WITHDRAWN', '2026-04-01Z'), ('c', 'FILED', null))
        AS before (id, state, due_at)`);
    await db.queryHost(`INSERT INTO node_settings (node, key, value) VALUES ('331022', 'calendar', 'as it was')`);
    await migrate(url);
    // cases from before there were urgent ones are not urgent
    expect(await db.queryHost('SELECT DISTINCT urgent FROM cases')).toEqual([{ urgent: false }]);
    const rows = await db.queryHost<{ id: string; next_due_at: Date; department: string; provisional: boolean }>(
      'SELECT id, next_due_at, department, provisional FROM cases ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 'a', next_due_at: new Date('2026-04-01'), department: '民政', provisional: true },
      { id: 'b', next_due_at: NOTHING_DUE, department: '民政', provisional: false },
      { id: 'c', next_due_at: NOTHING_DUE, department: '民政', provisional: true },
    ]);
    expect(await db.queryHost('SELECT key FROM node_settings')).toEqual([]);
    await db.close();
    await rm(dir, { recursive: true });
  });

  test('forget when a silence would lapse of cases that ended or went elsewhere', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const name of MIGRATIONS.filter((migration) => migration < '0020')) {
      await cp(join(MIGRATIONS_DIR, `${name}.sql`), join(dir, `${name}.sql`));
    }
    const url = await createDatabase(null);
    await migrate(url, dir);
    const db = new HostDb(url, 2, () => undefined);
    await db.queryHost(`INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody,
        custodian, epoch, seq, head, filed_at, last_at, closed_at)
      SELECT '331022', id, id, 'i', '331022', '331022', '331022', 'ACCEPTED', 'HELD', custodian, 1, 1, 'h', now(), now(),
        closed_at
      FROM (VALUES ('a', '331022', NULL::timestamptz), ('b', '331022', now()), ('c', '331000', NULL))
        AS before (id, custodian, closed_at)`);
    await db.queryHost(`INSERT INTO joint_deadlines (node, case_id, due_at) SELECT node, id, now() FROM cases`);
    await migrate(url);
    expect(await db.queryHost('SELECT case_id FROM joint_deadlines')).toEqual([{ case_id: 'a' }]);
    await db.close();
    await rm(dir, { recursive: true });
  });

  test('find in the logs which cases are joint', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const name of MIGRATIONS.filter((migration) => migration < '0077')) {
      await cp(join(MIGRATIONS_DIR, `${name}.sql`), join(dir, `${name}.sql`));
    }
    const url = await createDatabase(null);
    await migrate(url, dir);
    const db = new HostDb(url, 2, () => undefined);
    await db.queryHost(`INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody,
        custodian, epoch, seq, head, filed_at, last_at, due_at)
      SELECT '331022', id, id, 'i', '331022', '331022', '331022', 'ACCEPTED', custody, '331022', 1, 1, 'h', now(), now(),
        '2026-04-01Z'
      FROM (VALUES ('a', 'HELD'), ('b', 'HELD'), ('c', 'ELSEWHERE')) AS before (id, custody)`);
    const signed = (line: object) => `h.${Buffer.from(JSON.stringify(line)).toString('base64url')}.s`;
    for (const [id, action] of [
      ['a', 'JOINT_OPENED'],
      ['b', 'ACCEPTED'],
      ['c', 'JOINT_OPENED'],
    ] as const) {
      await db.queryHost(`INSERT INTO case_log (node, case_id, seq, jws, hash) VALUES ('331022', $1, 1, $2, $1)`, [
        id,
        signed({ action, note: '联合办理' }),
      ]);
    }
    await migrate(url);
    const rows = await db.queryHost('SELECT id, joint_due_at FROM cases WHERE joint_due_at IS NOT NULL');
    expect(rows).toEqual([{ id: 'a', joint_due_at: new Date('2026-04-01') }]);
    await db.close();
    await rm(dir, { recursive: true });
  });

  test('find out from the logs who is the agent of the projects that were there before', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const name of MIGRATIONS.filter((migration) => migration < '0073')) {
      await cp(join(MIGRATIONS_DIR, `${name}.sql`), join(dir, `${name}.sql`));
    }
    const url = await createDatabase(null);
    await migrate(url, dir);
    const db = new HostDb(url, 2, () => undefined);
    const county = '331022';
    const dispatched = (agent: object | null) => ({ action: 'DISPATCHED', data: { lead: null, agent } });
    const by = (sub: string) => dispatched({ node: county, sub, name: '傅代梅' });
    const logs: Record<string, object[]> = {
      given: [{ action: 'REGISTERED', data: {} }, by('agent-1')],
      passed: [{ action: 'REGISTERED', data: {} }, by('agent-1'), by('agent-2'), { action: 'ORDERED', data: {} }],
      taken: [{ action: 'REGISTERED', data: {} }, by('agent-1'), dispatched(null)],
      young: [{ action: 'REGISTERED', data: {} }],
    };
    for (const [project, lines] of Object.entries(logs)) {
      await db.queryHost(
        `INSERT INTO projects (node, id, keeper, phase, key, ended, began_on)
         VALUES ($1, $2, $1, 'INITIATION', false, false, '2026-11-02')`,
        [county, project],
      );
      for (const [index, line] of lines.entries()) {
        const jws = `head.${Buffer.from(JSON.stringify(line)).toString('base64url')}.signature`;
        await db.queryHost(`INSERT INTO project_log (node, project, seq, jws, hash) VALUES ($1, $2, $3, $4, $5)`, [
          county,
          project,
          index + 1,
          jws,
          `${project}-${index}`,
        ]);
      }
    }
    await migrate(url);
    const rows = await db.queryHost(`SELECT id, agent_node AS at, agent FROM projects ORDER BY id`);
    expect(rows).toEqual([
      { id: 'given', at: county, agent: 'agent-1' },
      { id: 'passed', at: county, agent: 'agent-2' },
      { id: 'taken', at: null, agent: null },
      { id: 'young', at: null, agent: null },
    ]);
    await db.close();
    await rm(dir, { recursive: true });
  });

  test('find out from the logs who looks after the cases that were there before', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const name of MIGRATIONS.filter((migration) => migration < '0021')) {
      await cp(join(MIGRATIONS_DIR, `${name}.sql`), join(dir, `${name}.sql`));
    }
    const url = await createDatabase(null);
    await migrate(url, dir);
    const db = new HostDb(url, 2, () => undefined);
    const village = '331022103201';
    const township = '331022103';
    const filed = (consent: object | null) => ({
      action: 'FILED',
      node: village,
      actor: { sub: 'agent-1', name: '代办员' },
      data: { consent },
    });
    const transferred = { action: 'TRANSFERRED', node: village, data: { to: township, epoch: 2 } };
    const logs: Record<string, object[]> = {
      proxied: [filed({ way: 'SIGNATURE' })],
      alone: [filed(null)],
      handed: [filed({ way: 'SIGNATURE' }), transferred, { action: 'RECEIVED', node: township, data: {} }],
      refused: [filed({ way: 'SIGNATURE' }), transferred, { action: 'HANDOFF_REFUSED', node: village, data: {} }],
    };
    for (const [id, lines] of Object.entries(logs)) {
      await db.queryHost(
        `INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody, custodian, epoch,
           seq, head, filed_at, last_at)
         VALUES ($1, $2, $2, 'i', $1, $1, $1, 'FILED', 'HELD', $1, 1, 1, 'h', now(), now())`,
        [village, id],
      );
      for (const [index, line] of lines.entries()) {
        const jws = `head.${Buffer.from(JSON.stringify(line)).toString('base64url')}.signature`;
        await db.queryHost(`INSERT INTO case_log (node, case_id, seq, jws, hash) VALUES ($1, $2, $3, $4, $5)`, [
          village,
          id,
          index + 1,
          jws,
          `${id}-${index}`,
        ]);
      }
    }
    await migrate(url);
    expect(await db.queryHost('SELECT id, agent_node, agent FROM cases ORDER BY id')).toEqual([
      { id: 'alone', agent_node: null, agent: null },
      { id: 'handed', agent_node: township, agent: null },
      { id: 'proxied', agent_node: village, agent: 'agent-1' },
      { id: 'refused', agent_node: village, agent: 'agent-1' },
    ]);
    await db.close();
    await rm(dir, { recursive: true });
  });

  test('move lines that lie behind the folded log of their case apart from it, also those that would keep it from being folded', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-migrations-'));
    for (const name of MIGRATIONS.filter((migration) => migration < '0045')) {
      await cp(join(MIGRATIONS_DIR, `${name}.sql`), join(dir, `${name}.sql`));
    }
    const url = await createDatabase(null);
    await migrate(url, dir);
    const db = new HostDb(url, 2, () => undefined);
    // four cases: a sound log; a log with a gap; a log followed by a line of another log; lines of an unknown case
    const logs: Record<string, { folded: number | null; seqs: number[] }> = {
      sound: { folded: 3, seqs: [1, 2, 3] },
      gap: { folded: 2, seqs: [1, 2, 4, 5] },
      poisoned: { folded: 4, seqs: [1, 2, 3, 4, 5] },
      unknown: { folded: null, seqs: [7] },
    };
    for (const [id, { folded, seqs }] of Object.entries(logs)) {
      if (folded !== null) {
        await db.queryHost(
          `INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody, custodian, epoch,
             seq, head, filed_at, last_at)
           VALUES ('331022', $1, $1, 'i', '331022', '331022', '331022', 'FILED', 'HELD', '331022', 1, $2, 'h', now(), now())`,
          [id, folded],
        );
      }
      await db.queryHost(
        `INSERT INTO case_log (node, case_id, seq, jws, hash)
         SELECT '331022', $1, seq, 'jws ' || seq, 'hash ' || seq FROM unnest($2::int[]) AS s (seq)`,
        [id, seqs],
      );
    }
    await migrate(url);
    const kept = (table: string) =>
      db.queryHost(`SELECT case_id AS id, array_agg(seq ORDER BY seq) AS seqs FROM ${table} GROUP BY 1 ORDER BY 1`);
    expect(await kept('case_log')).toEqual([
      { id: 'gap', seqs: [1, 2] },
      { id: 'poisoned', seqs: [1, 2, 3, 4] },
      { id: 'sound', seqs: [1, 2, 3] },
    ]);
    expect(await kept('waiting_lines')).toEqual([
      { id: 'gap', seqs: [4, 5] },
      { id: 'poisoned', seqs: [5] },
      { id: 'unknown', seqs: [7] },
    ]);
    expect(await db.queryHost(`SELECT jws, hash, sender FROM waiting_lines WHERE case_id = 'unknown'`)).toEqual([
      { jws: 'jws 7', hash: 'hash 7', sender: '' },
    ]);
    await db.close();
    await rm(dir, { recursive: true });
  });

  test('of a database that cannot be reached are refused with a clear word', async () => {
    await expect(migrate('postgresql://nobody:x@127.0.0.1:1/none')).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
  });
});

describe('a host’s database', () => {
  let db: HostDb;
  const insert = (node: string, code: string) =>
    db.transact(node, (tx) =>
      tx.query(
        `INSERT INTO items (node, code, version, name, department, effective_from, published_at, body)
         VALUES ($1, $2, 1, $2, '民政', '2026-01-01', now(), '{}')`,
        [code],
      ),
    );

  beforeAll(async () => {
    db = new HostDb(await createDatabase(), 4, () => undefined);
    await insert('331022', 'A');
    await insert('331000', 'B');
  });
  afterAll(() => db.close());

  test('shows a node its own rows and nobody else’s, by Prisma and by SQL', async () => {
    expect((await db.reads('331022').item.findMany()).map((i) => i.code)).toEqual(['A']);
    expect((await db.reads('331022').item.findMany({ where: { node: '331000' } })).map((i) => i.code)).toEqual(['A']);
    expect(await db.queries('331000').query(`SELECT code FROM items WHERE node = $1`)).toEqual([{ code: 'B' }]);
  });

  test('lets Prisma read and nothing else', async () => {
    await expect(db.reads('331022').item.deleteMany()).rejects.toThrow('transaction');
    expect(await db.reads('331022').item.count()).toBe(1);
  });

  test('does all of a transaction or nothing, and tells of it only when it is durable', async () => {
    const told: string[] = [];
    await expect(
      db.transact('331022', async (tx) => {
        tx.afterCommit(() => told.push('first'));
        await tx.query(`DELETE FROM items WHERE node = $1`);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await db.reads('331022').item.count()).toBe(1);
    expect(told).toEqual([]);
    await db.transact('331022', (tx) => Promise.resolve(tx.afterCommit(() => told.push('second'))));
    expect(told).toEqual(['second']);
  });

  test('undoes a failed attempt and keeps the rest of its transaction', async () => {
    const told: string[] = [];
    await db.transact('331022', async (tx) => {
      await tx.query(`INSERT INTO node_settings (node, key, value) VALUES ($1, 'kept', 'yes')`);
      const failed = tx.attempt(async () => {
        tx.afterCommit(() => told.push('undone'));
        await tx.query(`INSERT INTO node_settings (node, key, value) VALUES ($1, 'undone', 'yes')`);
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
    });
    expect((await db.reads('331022').nodeSetting.findMany()).map((s) => s.key)).toEqual(['kept']);
    expect(told).toEqual([]);
  });

  test('commits with what was written last, or not at all when that fails', async () => {
    const keep = (key: string) => `INSERT INTO node_settings (node, key, value) VALUES ($1, '${key}', 'yes')` as const;
    await db.transact('331024', (tx) => tx.withCommit(tx.query(keep('last'))));
    const told: string[] = [];
    const failed = db.transact('331024', async (tx) => {
      tx.afterCommit(() => told.push('durable'));
      await tx.query(keep('before'));
      await tx.withCommit(tx.query(keep('last')));
    });
    await expect(failed).rejects.toMatchObject({ code: '23505' });
    expect(told).toEqual([]);
    expect((await db.reads('331024').nodeSetting.findMany()).map((s) => s.key)).toEqual(['last']);
  });

  test('lets no statement stand outside: one that follows what was written last is refused', async () => {
    const keep = (key: string) => `INSERT INTO node_settings (node, key, value) VALUES ($1, '${key}', 'yes')` as const;
    const late = db.transact('331025', async (tx) => {
      await tx.query(keep('last'));
      // its answer comes long after the commit was sent
      const slow = tx.query(`SELECT pg_sleep(0.2) FROM (VALUES ($1)) AS n (node) WHERE node = $1`);
      await tx.withCommit(slow.then(() => tx.query(keep('late'))));
    });
    await expect(late).rejects.toThrow('a statement behind the commit');
    expect((await db.reads('331025').nodeSetting.findMany()).map((s) => s.key)).toEqual(['last']);
  });

  test('waits within an attempt for what was written last, so that the attempt alone fails', async () => {
    const keep = (key: string) => `INSERT INTO node_settings (node, key, value) VALUES ($1, '${key}', 'yes')` as const;
    await db.transact('331026', async (tx) => {
      await tx.query(keep('there'));
      await expect(tx.attempt(() => tx.withCommit(tx.query(keep('there'))))).rejects.toMatchObject({ code: '23505' });
      await tx.withCommit(tx.query(keep('behind')));
    });
    expect((await db.reads('331026').nodeSetting.findMany()).map((s) => s.key).sort()).toEqual(['behind', 'there']);
  });

  test('leaves nothing of what the program refused in what was written last, and tells that refusal', async () => {
    const keep = (key: string) => `INSERT INTO node_settings (node, key, value) VALUES ($1, '${key}', 'yes')` as const;
    const refused = db.transact('331027', async (tx) => {
      await tx.query(keep('before'));
      const refusing = async () => tx.refuse(problem('PAYLOAD_TOO_LARGE', 'too large'));
      await tx.withCommit(pipelined(tx.query(keep('last')), refusing()));
    });
    await expect(refused).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(await db.reads('331027').nodeSetting.findMany()).toEqual([]);
  });

  test('goes on behind an attempt that the program refused, which alone leaves nothing', async () => {
    const keep = (key: string) => `INSERT INTO node_settings (node, key, value) VALUES ($1, '${key}', 'yes')` as const;
    await db.transact('331028', async (tx) => {
      const attempt = tx.attempt(async () => {
        await tx.query(keep('attempted'));
        tx.refuse(problem('PAYLOAD_TOO_LARGE', 'too large'));
      });
      await expect(attempt).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
      await tx.query(keep('behind'));
    });
    expect((await db.reads('331028').nodeSetting.findMany()).map((s) => s.key)).toEqual(['behind']);
  });

  test('reports a connection that is lost in the middle of a transaction as such', async () => {
    const cut = db.transact('331022', (tx) =>
      tx.attempt(() =>
        tx.query(
          `SELECT pg_terminate_backend(pg_backend_pid()) FROM (SELECT 1) t WHERE 'node' <> $1 OR 'node = $1' <> ''`,
        ),
      ),
    );
    await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(await db.reads('331022').item.count()).toBe(1);
  });
});
