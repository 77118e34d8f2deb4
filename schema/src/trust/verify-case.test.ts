import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SIGNED_TYPES } from '../wire/envelope.ts';
import type { LogLine } from '../case/log-line.ts';
import { NODE_ACTOR } from '../case/log-line.ts';
import { CITY, COUNTY, NEIGHBOUR_VILLAGE, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { CaseLog } from '../testing/case-log.ts';
import type { TestKey } from '../testing/keys.ts';
import { certify, closing, end, keyOf, signAs } from '../testing/keys.ts';
import type { CaseExport } from './case-export.ts';
import { CASE_EXPORT_FORMAT, readableSteps, sealDigest, writeCaseExport } from './case-export.ts';
import { sha256Hex } from './digest.ts';
import { parentByCode } from './key-ring.ts';
import { verifyCaseExport } from './verify-case.ts';

const keys = new Map<string, TestKey>();
const key = (node: string): TestKey => {
  const found = keys.get(node);
  if (!found) throw new Error(`no key of ${node}`);
  return found;
};
const REVIEW = {
  opinion: 'APPROVE' as const,
  amountFen: 86_600,
  second: { sub: 'b', name: '王五' },
  conditions: ['年度复核'],
};
const APPLICATION = '{"applicant":"王秀英"}';
const encoder = new TextEncoder();
let content: CaseExport;
let text: string;

const verdictOf = (file: string | Uint8Array) =>
  verifyCaseExport(typeof file === 'string' ? encoder.encode(file) : file, key(CITY).jwk, parentByCode);

/** Signs the lines and chains them again. */
async function sign(lines: readonly LogLine[], signer = (line: LogLine) => key(line.node)): Promise<string[]> {
  const signed: string[] = [];
  for (const line of lines) {
    const ahead = signed.at(-1);
    const prev = ahead === undefined ? null : await sha256Hex(ahead);
    signed.push(await signAs(signer(line), SIGNED_TYPES.line, { ...line, prev }));
  }
  return signed;
}

async function seal(whole: Omit<CaseExport, 'seal'>): Promise<CaseExport> {
  const { case: id, lines } = whole;
  const at = '2026-08-01T00:00:00.000Z';
  const payload = { node: COUNTY, at, case: id, lines: lines.length, digest: await sealDigest(whole) };
  return { ...whole, seal: await signAs(key(COUNTY), SIGNED_TYPES.export, payload) };
}

beforeAll(async () => {
  for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) keys.set(node, await keyOf(node));
  const bytes = [encoder.encode('%PDF-1.4 申请书'), encoder.encode('%PDF-1.4 身份证明')];
  const materials = await Promise.all(
    bytes.map(async (b, i) => ({
      name: `材料${i}`,
      fileName: `${i}.pdf`,
      mediaType: 'application/pdf',
      sha256: await sha256Hex(b),
      size: b.length,
    })),
  );
  const log = CaseLog.filed({ data: { materials, application: await sha256Hex(APPLICATION) } })
    .forwarded(TOWNSHIP)
    .received()
    .accepted()
    .add({ action: 'REVIEWED', data: REVIEW });
  const lines = await sign(log.lines);
  content = await seal({
    format: CASE_EXPORT_FORMAT,
    v: 2,
    case: log.file.id,
    lines,
    keys: [
      await certify(key(CITY), key(CITY)),
      await certify(key(CITY), key(COUNTY)),
      await certify(key(COUNTY), key(TOWNSHIP)),
      await certify(key(TOWNSHIP), key(VILLAGE)),
      await end(key(TOWNSHIP), key(VILLAGE), { at: '2026-07-01T00:00:00.000Z', from: '2026-07-01T00:00:00.000Z' }),
    ],
    application: APPLICATION,
    materials: materials.map((m, i) => ({ ...m, content: btoa(String.fromCodePoint(...(bytes[i] ?? []))) })),
    steps: readableSteps(log.lines),
  });
  text = writeCaseExport(content);
});

describe('an answer of another node’s party in an exported case', () => {
  /** The township is asked by the county, answers, and the county writes that down, changed as told. */
  async function exported(change: { word?: object; line?: object; signer?: string }): Promise<string> {
    const asked = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, data: { materials: [] } })
      .accepted()
      .farPartyCalled(TOWNSHIP);
    const opening = asked.lines.findIndex((line) => line.action === 'JOINT_OPENED');
    const opened = await sha256Hex((await sign(asked.lines))[opening] ?? '');
    const at = asked.file.lastAt.toISOString();
    const actor = { sub: 'x', name: '窗口人员', role: 'CLERK' };
    const said = { case: asked.file.id, opened, party: 1, node: TOWNSHIP, department: '农业农村', at };
    const word = { says: 'OPINION', ...said, actor, opinion: 'AGREE', reason: null, ...change.word };
    const answer = await signAs(key(change.signer ?? TOWNSHIP), SIGNED_TYPES.partyWord, word);
    const data = { party: 1, opinion: 'AGREE' as const, reason: null, answeredAt: at, answer, ...change.line };
    const log = asked.add({ action: 'OPINION_GIVEN', data }, { actor: { ...actor, role: 'CLERK' } });
    const nodes = [CITY, COUNTY, TOWNSHIP];
    const certificates = await Promise.all(nodes.map((node, i) => certify(key(nodes[i - 1] ?? CITY), key(node))));
    const format = 'liandong-case-export' as const;
    const whole = { format, v: 1 as const, case: log.file.id, lines: await sign(log.lines) };
    return writeCaseExport(await seal({ ...whole, keys: certificates, application: null, materials: [] }));
  }

  test('is verified against its own node’s key', async () => {
    expect((await verdictOf(await exported({}))).faults).toEqual([]);
  });

  test.each([
    ['another node signed', { signer: VILLAGE }, 'KEY_UNKNOWN'],
    ['the lead itself signed', { signer: COUNTY }, 'SIGNATURE_INVALID'],
    ['says otherwise', { word: { opinion: 'OBJECT', reason: '不同意' } }, 'SIGNATURE_INVALID'],
    ['belongs to another question', { word: { opened: 'f'.repeat(64) } }, 'SIGNATURE_INVALID'],
    ['is of another party', { word: { department: '消防' } }, 'SIGNATURE_INVALID'],
    ['was given at another time', { line: { answeredAt: '2026-03-01T00:00:00.000Z' } }, 'SIGNATURE_INVALID'],
  ])('that %s is found and named', async (_, change, code) => {
    const { ok, faults } = await verdictOf(await exported(change));
    expect(ok).toBe(false);
    expect(faults).toMatchObject([{ place: 'line 5', code }]);
  });
});

describe('the closing of a node in an exported case', () => {
  /** An export with the closing of the village by `signer`; its successor is the township unless told otherwise. */
  async function exported(signer: string, successor = TOWNSHIP, said = TOWNSHIP): Promise<string> {
    const log = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, data: { materials: [] } });
    const named = CaseLog.of([{ ...log.lines[0], node: VILLAGE, actor: { ...log.file.filedBy } } as LogLine]);
    const jws = await closing(key(signer), VILLAGE, successor, named.file.lastAt.toISOString());
    const whole = named.add(
      { action: 'SUCCEEDED', data: { node: VILLAGE, successor: said, closing: jws } },
      { actor: NODE_ACTOR },
    );
    const nodes = [CITY, COUNTY, TOWNSHIP, VILLAGE];
    const certificates = await Promise.all(nodes.map((node, i) => certify(key(nodes[i - 1] ?? CITY), key(node))));
    const format = 'liandong-case-export' as const;
    const unsealed = { format, v: 1 as const, case: log.file.id, lines: await sign(whole.lines) };
    return writeCaseExport(await seal({ ...unsealed, keys: certificates, application: null, materials: [] }));
  }

  test('is verified against its parent’s key', async () => {
    expect((await verdictOf(await exported(TOWNSHIP))).faults).toEqual([]);
  });

  test.each([
    ['somebody else signed', () => exported(COUNTY)],
    ['names another successor than the line', () => exported(TOWNSHIP, TOWNSHIP, NEIGHBOUR_VILLAGE)],
    ['names one that can’t take its place', () => exported(TOWNSHIP, COUNTY, COUNTY)],
  ])('that %s is found and named', async (_, make) => {
    const { ok, faults } = await verdictOf(await make());
    expect(ok).toBe(false);
    expect(faults).toMatchObject([{ place: 'line 2', code: 'SIGNATURE_INVALID' }]);
  });
});

describe('an exported case', () => {
  test('is verified from the first line to the last with the root’s public key alone', async () => {
    const verdict = await verdictOf(text);
    expect(verdict.faults).toEqual([]);
    expect(verdict).toMatchObject({ ok: true, state: 'REVIEWED', exportedBy: COUNTY, checked: { materials: 2 } });
    expect(verdict.checked.bytesOfMaterials).toBeGreaterThan(0);
  });

  test('has its reviews as people read them: opinion, amount, second of staff, conditions', () => {
    const review = content.steps?.at(-1);
    expect(review).toMatchObject({ action: 'REVIEWED', 'data.opinion': 'APPROVE' });
    expect(review).toMatchObject({
      'data.amountFen': 86_600,
      'data.second.name': '王五',
      'data.conditions.0': '年度复核',
    });
    expect(JSON.stringify(content.steps)).not.toContain('second.sub');
  });

  test.each([
    ['another amount', { 'data.amountFen': 1 }, 5],
    ['another reviewer', { actor: '他人' }, 5],
    ['a value its line does not have', { 'data.reason': '同意' }, 5],
    ['a member that is no part of a line', { valid: true }, 5],
  ])('whose readable step says %s names that step, although it is sealed', async (_, change, nr) => {
    const { seal: _seal, steps = [], ...whole } = content;
    const changed = steps.map((step, i) => (i === nr - 1 ? { ...step, ...change } : step));
    const { ok, faults } = await verdictOf(writeCaseExport(await seal({ ...whole, steps: changed })));
    expect(ok).toBe(false);
    expect(faults).toMatchObject([{ place: `step ${nr}`, part: 'content' }]);
  });

  test('whose readable steps say less than a later program would show is sound', async () => {
    const { seal: _, steps = [], ...whole } = content;
    const fewer = steps.map(({ seq, at, action }) => ({ seq: seq ?? 0, at: at ?? '', action: action ?? '' }));
    expect((await verdictOf(writeCaseExport(await seal({ ...whole, steps: fewer })))).faults).toEqual([]);
  });

  test('with fewer readable steps than lines is not sound', async () => {
    const { seal: _, steps = [], ...whole } = content;
    const { faults } = await verdictOf(writeCaseExport(await seal({ ...whole, steps: steps.slice(1) })));
    expect(faults).toMatchObject([{ place: 'steps', part: 'content' }]);
  });

  test('of an earlier program has no readable steps and is verified as ever', async () => {
    const { seal: _, steps: _steps, ...whole } = content;
    expect((await verdictOf(writeCaseExport(await seal({ ...whole, v: 1 })))).faults).toEqual([]);
  });

  test('is sound without application and bytes too, which its digests still name', async () => {
    const { seal: _, ...whole } = content;
    const less = await seal({
      ...whole,
      application: null,
      materials: content.materials.map((m) => ({ ...m, content: null })),
    });
    expect(await verdictOf(writeCaseExport(less))).toMatchObject({ ok: true, checked: { bytesOfMaterials: 0 } });
  });

  test('of a case whose application was corrected holds the corrected one, and no other', async () => {
    const corrected = '{"applicant":"王秀瑛"}';
    const log = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY, data: { materials: [] } }).add({
      action: 'APPLICATION_CORRECTED',
      data: {
        parts: ['APPLICANT'],
        reason: '姓名有误',
        application: await sha256Hex(corrected),
        consent: null,
        facts: { amountFen: null },
      },
    });
    const certificates = [await certify(key(CITY), key(CITY)), await certify(key(CITY), key(COUNTY))];
    const exported = async (text: string) => {
      const format = 'liandong-case-export' as const;
      const whole = { format, v: 1 as const, case: log.file.id, lines: await sign(log.lines) };
      return writeCaseExport(await seal({ ...whole, keys: certificates, application: text, materials: [] }));
    };
    expect((await verdictOf(await exported(corrected))).faults).toEqual([]);
    expect((await verdictOf(await exported(APPLICATION))).faults).toMatchObject([{ place: 'application' }]);
  });

  test('with any byte changed is not sound, and the place is named', async () => {
    const bytes = encoder.encode(text);
    const offsetBehind = (part: string) => encoder.encode(text.slice(0, text.indexOf(part) + part.length)).length;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (offset, mask) => {
        const changed = Uint8Array.from(bytes);
        changed[offset] = (changed[offset] ?? 0) ^ mask;
        const { ok, faults } = await verdictOf(changed);
        expect(ok).toBe(false);
        const place = placeAt(bytes, offset);
        // a damaged bracket between the parts is reported at the place where the file first differs
        const named = faults.some((fault) => fault.place === place || place === null);
        expect({ named, offset, mask, place, faults }).toMatchObject({ named: true });
      }),
      {
        numRuns: 1_500,
        examples: [
          // a bracket that becomes a digit leaves a text line that still has a form
          [offsetBehind('"materials": '), '['.charCodeAt(0) ^ '9'.charCodeAt(0)],
          // so does one that becomes the other of its pair, at the end of a list and at the beginning of an entry
          [offsetBehind('\n  }\n ],\n "seal"') - '}\n ],\n "seal"'.length, '}'.charCodeAt(0) ^ '{'.charCodeAt(0)],
          [offsetBehind('\n  }\n ],\n "steps"') - '}\n ],\n "steps"'.length, '}'.charCodeAt(0) ^ '{'.charCodeAt(0)],
          // and a comma that becomes the end of a line makes an empty one behind it
          [offsetBehind('\n  }'), ','.charCodeAt(0) ^ '\n'.charCodeAt(0)],
          // a number does not begin with a zero
          [offsetBehind('"size": '), '1'.charCodeAt(0) ^ '0'.charCodeAt(0)],
          [offsetBehind('"steps": [\n  '), '}'.charCodeAt(0) ^ '{'.charCodeAt(0)],
        ],
      },
    );
  });

  test('cut short at any byte is not sound', async () => {
    const bytes = encoder.encode(text);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        expect((await verdictOf(bytes.slice(0, length))).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('whose last line is left out is found by the seal', async () => {
    const { ok, faults } = await verdictOf(writeCaseExport({ ...content, lines: content.lines.slice(0, -1) }));
    expect(ok).toBe(false);
    expect(faults).toMatchObject([
      { place: 'steps', part: 'content' },
      { place: 'seal', part: 'digest' },
    ]);
  });

  test('whose end of a key is left out is found by the seal', async () => {
    const { faults } = await verdictOf(writeCaseExport({ ...content, keys: content.keys.slice(0, -1) }));
    expect(faults).toMatchObject([{ place: 'seal', part: 'digest' }]);
  });

  test('with a line another node signed names that line', async () => {
    const lines = await sign(
      content.lines.map(
        (jws) => JSON.parse(atob(jws.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')) as LogLine,
      ),
      (line) => key(line.seq === 4 ? VILLAGE : line.node),
    );
    const { seal: _, ...whole } = content;
    const { faults } = await verdictOf(writeCaseExport(await seal({ ...whole, lines })));
    expect(faults).toContainEqual(expect.objectContaining({ place: 'line 4', part: 'content' }));
  });

  test('with a line of after its key’s end names that line and the key', async () => {
    const { seal: _, ...whole } = content;
    const ended = await end(key(CITY), key(VILLAGE), { from: '2026-01-02T00:00:00.000Z', reason: 'COMPROMISED' });
    const { faults } = await verdictOf(writeCaseExport(await seal({ ...whole, keys: [...content.keys, ended] })));
    expect(faults).toContainEqual(expect.objectContaining({ place: 'line 1', part: 'key', code: 'KEY_NOT_IN_EFFECT' }));
  });

  test('whose lines could not have happened names the first that could not', async () => {
    const log = content.lines.map(
      (jws) =>
        JSON.parse(
          new TextDecoder().decode(
            Uint8Array.from(
              atob(jws.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''),
              (c) => c.codePointAt(0) ?? 0,
            ),
          ),
        ) as LogLine,
    );
    const lines = await sign([...log.slice(0, 3), ...log.slice(4)]);
    const { seal: _, ...whole } = content;
    const { faults } = await verdictOf(writeCaseExport(await seal({ ...whole, lines })));
    expect(faults).toContainEqual(expect.objectContaining({ place: 'line 4', part: 'fold', code: 'CHAIN_BROKEN' }));
  });

  test('of another federation is not believed', async () => {
    const other = await keyOf(CITY);
    const { faults } = await verifyCaseExport(encoder.encode(text), other.jwk, parentByCode);
    expect(faults).toContainEqual(expect.objectContaining({ place: 'key 1', part: 'signature' }));
  });
});

/** The place in the export of a byte of its file; null for a bracket. */
function placeAt(bytes: Uint8Array, offset: number): string | null {
  const line = new TextDecoder().decode(bytes.slice(0, offset)).split('\n').length - 1;
  const lines = text.split('\n');
  const starts = (member: string) => lines.findIndex((l) => l.startsWith(` "${member}": `));
  const within = (member: string, each: number, name: string) => {
    const first = starts(member);
    const count = member === 'materials' ? content.materials.length : content[member as 'lines' | 'keys'].length;
    if (line === first) return member;
    const index = Math.floor((line - first - 1) / each);
    return line > first && index < count ? `${name} ${index + 1}` : null;
  };
  for (const member of ['format', 'v', 'case', 'application', 'seal']) if (line === starts(member)) return member;
  const first = starts('steps');
  if (line >= first && line < starts('seal')) {
    const opened = lines.slice(first + 1, line + 1).filter((l) => l === '  {').length;
    return line === first ? 'steps' : lines[line] === ' ],' ? null : `step ${opened}`;
  }
  return within('lines', 1, 'line') ?? within('keys', 1, 'key') ?? within('materials', 8, 'material') ?? null;
}
