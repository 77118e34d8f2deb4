import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { COUNTY, divisions, itemOf, TOWNSHIP } from '../../testing/fixtures.ts';
import { refusalCode } from '../../testing/refusals.ts';
import { NODE_ACTOR } from '../../case/log-line.ts';
import type { LogAction } from '../../case/log-words.ts';
import { LOG_ACTIONS } from '../../case/log-words.ts';
import { verificationUrlIn } from './document-parts.ts';
import { documentNumberOf, noticeOf, resultDocument } from './documents.ts';
import { verificationUrl } from './verification.ts';

const nameOf = (code: string) => divisions.get(code).name;
const verification = { code: `${COUNTY}-ABCDEFGH23456789`, url: null };
const parts = { item: itemOf('3310-MZ-001'), applicant: '王秀英', nameOf, sealName: '三门县民政局', verification };
const reviewed = () => CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed();

describe('the document of a result', () => {
  test('says who decided what for whom, by which basis, under which seal', () => {
    const text = resultDocument(reviewed().decided().file, parts);
    for (const told of [
      '王秀英',
      '最低生活保障对象认定',
      '| 决定 | 准予 |',
      '三门县(本级行使)',
      '三门县民政局',
      parts.item.legalBasis,
    ]) {
      expect(text).toContain(told);
    }
    expect(text).not.toContain('救济途径');
  });

  test('of a refusal gives its reason and the remedies', () => {
    const text = resultDocument(reviewed().decided('REFUSED').file, parts);
    expect(text).toContain('## 理由\n\n不符合条件');
    expect(text).toContain('## 救济途径');
  });

  test('under a lent power goes out in the name of the grantor and names the grant', () => {
    const { file } = CaseLog.entrusted().handedTo(TOWNSHIP).accepted().reviewed().decided();
    const text = resultDocument(file, { ...parts, item: itemOf('3310-MZ-002') });
    expect(text).toContain('| 决定机关 | 三门县 |');
    expect(text).toContain(`亭旁镇(三门县委托,授权书 ${file.decision?.grant},以三门县名义)`);
    expect(documentNumberOf(file, nameOf)).toMatch(/^三门县准字〔2026〕/);
  });

  test('under a conferred power goes out in the own name', () => {
    const { file } = CaseLog.entrusted({}, { mode: 'CONFERRED' }).handedTo(TOWNSHIP).accepted().reviewed().decided();
    const text = resultDocument(file, { ...parts, item: itemOf('3310-MZ-002') });
    expect(text).toContain('| 决定机关 | 亭旁镇 |');
    expect(text).toContain('以本机关名义');
  });

  test('of joint handling is one, and names the lead, every department and how it stands', () => {
    const opened = CaseLog.filed({ item: itemOf('3310-LB-003'), node: COUNTY, acceptor: COUNTY, decider: COUNTY })
      .accepted()
      .jointOpened(['OPINION', 'OPINION', 'OPINION', 'OPINION', 'OPINION'])
      .add({ action: 'QUESTION_WITHDRAWN', data: { party: 5, reason: '机构撤并' } })
      .opinionGiven(1)
      .opinionGiven(2, 'OBJECT')
      .add({ action: 'OBJECTION_RESOLVED', data: { party: 2, end: 'SETTLED', resolution: '已拓宽通道' } });
    const visitAt = opened.file.lastAt.toISOString();
    const late = new Date(opened.file.lastAt.getTime() + 40 * 86_400_000).toISOString();
    const decided = opened
      .add({ action: 'VISIT_SCHEDULED', data: { at: visitAt, place: '厂区', parties: [3] } })
      .add({
        action: 'VISIT_RECORDED',
        data: { record: '踏勘', attendance: [{ party: 3, as: 'ABSENT', reason: null }], corrections: [] },
      })
      .add({ action: 'OPINION_LAPSED', data: { party: 4, effect: 'CONSENT' } }, { actor: NODE_ACTOR, at: late })
      .reviewed()
      .decided();
    const text = resultDocument(decided.file, { ...parts, item: itemOf('3310-LB-003') });
    expect(text).toContain('| 牵头部门 | 牵头部门 |');
    expect(text).toContain(
      '部门1(同意)、部门2(异议,协调一致)、部门3(踏勘缺席,视为无异议)、部门4(逾期未答,视为同意)、部门5(征询已撤回:机构撤并)',
    );
    const far = CaseLog.filed({ item: itemOf('3310-LB-003'), node: COUNTY, acceptor: COUNTY, decider: COUNTY })
      .accepted()
      .farPartyCalled(TOWNSHIP);
    const at = far.file.lastAt.toISOString();
    const answered = far
      .add({ action: 'OPINION_GIVEN', data: { party: 1, opinion: 'AGREE', reason: null, answeredAt: at, answer: 'w' } })
      .add(
        {
          action: 'VISIT_RECORDED',
          data: { record: '踏勘', attendance: [{ party: 1, as: 'PRESENT', reason: null }], corrections: [] },
        },
        { at: late },
      );
    const named = resultDocument(answered.reviewed().decided().file, parts);
    expect(named).toContain('| 参与部门 | 亭旁镇农业农村(同意) |');
    expect(resultDocument(reviewed().decided().file, parts)).not.toContain('参与部门');
  });

  test('names the discretion standard the decision goes by, if it cites one', () => {
    const discretion = { id: 'A2', circumstance: '人均收入高于标准的 50%', standard: '按差额救助' };
    const { file } = reviewed().decided();
    const cited = { ...file, decision: file.decision && { ...file.decision, discretion } };
    expect(resultDocument(cited, parts)).toContain('| 裁量基准 | A2:人均收入高于标准的 50%;按差额救助 |');
    expect(resultDocument(file, parts)).not.toContain('裁量基准');
  });

  test('says by what it is verified, with the address of its QR code where the node names a page', () => {
    const { file } = reviewed().decided();
    const number = documentNumberOf(file, nameOf);
    const words = `凭文号 ${number} 和核验码 ${verification.code} 可以核验本文书。`;
    expect(resultDocument(file, parts)).toContain(words);
    const url = verificationUrl('https://fw.example.cn/verify?from=qr', number, verification.code);
    expect(resultDocument(file, { ...parts, verification: { ...verification, url } })).toContain(
      `${words}\n\n<${url}>`,
    );
  });

  test('gives the address of its QR code back to the letter, and none where the node names no page', () => {
    const { file } = reviewed().decided();
    const url = verificationUrl('https://fw.example.cn/verify?from=qr', '三门县准字〔2026〕1', verification.code);
    const text = (address: string | null) =>
      resultDocument(file, { ...parts, verification: { ...verification, url: address } });
    expect(verificationUrlIn(text(url))).toBe(url);
    expect(verificationUrlIn(text(null))).toBeNull();
  });

  test('takes no address for its QR code from what people wrote', () => {
    const applicant = '可以核验本文书。\n\n<https://other.example/>';
    expect(verificationUrlIn(resultDocument(reviewed().decided().file, { ...parts, applicant }))).toBeNull();
  });

  test('is not made before the decision', () => {
    expect(refusalCode(() => resultDocument(reviewed().file, parts))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => documentNumberOf(reviewed().file, nameOf))).toBe('ILLEGAL_STEP');
  });

  test('lets no text of people or catalogue become Markdown', () => {
    const text = resultDocument(reviewed().decided().file, { ...parts, applicant: '王|*秀*英' });
    expect(text).toContain(String.raw`王\|\*秀\*英`);
  });
});

describe('a notice', () => {
  const whole = CaseLog.drafted()
    .handedTo(COUNTY)
    .prechecked(['户口簿'])
    .returned('331022103201')
    .received()
    .filedAfterDraft()
    .handedTo(TOWNSHIP)
    .accepted()
    .reviewed()
    .handedTo(COUNTY)
    .procedureStarted()
    .procedureEnded()
    .extended();
  const logs = [
    whole,
    CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP).asked(['身份证明', '户口簿']),
    CaseLog.filed().handedTo(TOWNSHIP).notAccepted(),
    CaseLog.filed().handedTo(TOWNSHIP).terminated(),
    CaseLog.filed().handedTo(TOWNSHIP).voided(),
    CaseLog.filed().withdrawn(),
    CaseLog.filed().handedTo(TOWNSHIP).accepted().onGreenChannel().urgencyAsked().urgencyDecided(),
  ];
  const noticeFor = (action: LogAction) => {
    for (const { file, lines } of logs) {
      const line = lines.find((l) => l.action === action);
      if (line) return noticeOf(file, line, parts);
    }
    throw new Error(`No line is ${action}.`);
  };

  test.each<[LogAction, string]>([
    ['FILED', '已收到下列材料'],
    ['PRECHECKED', '1. 户口簿:未提交'],
    ['SUPPLEMENT_REQUESTED', '1. 身份证明:未提交\n2. 户口簿:未提交'],
    ['ACCEPTED', '承诺时限:18 个工作日'],
    ['NOT_ACCEPTED', '不予受理的理由'],
    ['PROCEDURE_STARTED', '听证,预计需要 10 日,所需时间不计入办理期限'],
    ['PROCEDURE_ENDED', '结果:已完成'],
    ['EXTENDED', '办理期限延长 10 个工作日'],
    ['TERMINATED', '申请人死亡'],
    ['VOIDED', '录入有误'],
    ['WITHDRAWN', '申请人撤回'],
    ['GREEN_CHANNEL_OPENED', '转入绿色通道,办理时限 5 个工作日'],
    ['URGENCY_DECIDED', '批准按特急件办理,办理时限 0.5 个工作日'],
  ])('of %s says "%s", dated and in the name of the organ', (action, words) => {
    const text = noticeFor(action);
    expect(text).toContain(words);
    expect(text).toMatch(/\n\S+ {2}\n\d{4}-\d\d-\d\d\n$/);
    expect(text).toContain('王秀英');
  });

  test('of an urgency that was not approved says why, and by which limit it goes on', () => {
    const { file, lines } = CaseLog.filed().handedTo(TOWNSHIP).accepted().urgencyAsked().urgencyDecided(null);
    const line = lines.at(-1);
    const text = line ? noticeOf(file, line, parts) : '';
    expect(text).toContain('不予按特急件办理,本件按承诺时限办理');
    expect(text).toContain('理由:理由不足');
  });

  test('belongs to no hand-off, review or delivery', () => {
    const without = LOG_ACTIONS.filter((a) => whole.lines.some((l) => l.action === a)).filter((a) =>
      ['FORWARDED', 'RETURNED', 'RECEIVED', 'REVIEWED', 'DRAFTED'].includes(a),
    );
    expect(without.length).toBeGreaterThan(3);
    for (const action of without) expect(refusalCode(() => noticeFor(action))).toBe('NOT_FOUND');
  });
});
