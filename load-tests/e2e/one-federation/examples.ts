import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Asking } from '../asking.ts';

const run = promisify(execFile);

/** Checks that the programs a newcomer reads first do what their comments say. */
export function examples(asking: Asking): void {
  const example = async (name: string) => {
    const file = fileURLToPath(new URL(`../../../examples/${name}.mjs`, import.meta.url));
    const env = { ...process.env, LIANDONG_URL: asking.federation.gatewayUrl };
    return (await run(process.execPath, [file], { env })).stdout;
  };

  test('the example of a case files it in the village and sees it arrive at the township', async () => {
    const printed = await example('follow-a-case');
    expect(printed).toMatch(/收件 331022103201-\d{8}-\d+, 查询码 \w+/);
    expect(printed).toContain('王秀英 138****0001, 完整号码 13800000001');
    expect(printed).toMatch(/亭旁镇 {2}RECEIVED/);
    expect(printed).toContain('阅卷 最低生活保障申请书.txt: 最低生活保障申请书:示例材料');
    expect(printed).toMatch(/补发查询码 331022103201-\d{8}-\d+: \w{8}, \w+/);
  });

  test('the example of many cases says what became of each', async () => {
    const printed = await example('many-at-once');
    expect(printed.match(/上报/g)).toHaveLength(2);
    expect(printed).toMatch(/NOT_FOUND/);
  });

  test('the example of an upload goes on where the connection broke, and files with it', async () => {
    const printed = await example('upload-a-paper');
    expect(printed).toMatch(/上传 600000 \/ 1500015 字节/);
    expect(printed).toMatch(/331022103201-\d{8}-\d+ {2}户口簿 户口簿\.pdf 1500015 字节/);
  });

  test('the example of a late filing takes numbers, files with one, and has the rest taken back', async () => {
    const printed = await example('file-late');
    expect(printed).toMatch(/预留编号 20 个/);
    expect(printed).toMatch(/补录 331022103201-\d{8}-\d+: 收件/);
    expect(printed).toContain('LOST TAKEN_BACK: 已用 1 个, 可用 0 个');
    expect(printed).toMatch(/包家村\S* 包家村平板: LOST, 可用 0 个/);
  });

  test('the example of signals hears of a case that comes and of a note on it', async () => {
    const printed = await example('hear-of-signals');
    expect(printed).toMatch(/CASE_CAME 331022103201-\S+ 最低生活保障\S+\nNOTE_ADDED/);
    expect(printed).toMatch(/已读, 未读提醒 0/);
  });

  test('the example of logins gives one, signs in with a chosen post, and ends it', async () => {
    const printed = await example('keep-logins');
    expect(printed).toMatch(/账号 agent-\w+@331022103201 WAITING, 启用码 (\w{4}-){2}\w{4}/);
    expect(printed).toMatch(/设定密码 204\n岗位 \d+ AGENT\n岗位 \d+ AGENT\n登录, 未读提醒 \d+/);
    expect(printed).toMatch(/ENDED 调离, 待重新认领 0\nPOST_ENDED/);
  });

  test('the example of a steward names one, shows the enterprise’s case at the village, and ends', async () => {
    const printed = await example('follow-an-enterprise');
    expect(printed).toMatch(/三门联动公司 913301\*{8}058B: 管家 邵明月, 联络员 李经理 138\*{4}0009/);
    expect(printed).toMatch(/企业在办件 \S+ 331022103201-\d{8}-\d+: FORWARDING \S+/);
    expect(printed).toMatch(/联络员电话 13800000009\n终止后 0 家/);
  });

  test('the example of answers and reports ends one with an answer, the other with what came back from outside', async () => {
    const printed = await example('answer-and-report');
    expect(printed).toMatch(/答复件 331022-\d{8}-\d+: ANSWERED ON_CONDITIONS, 需要 节能审查意见/);
    expect(printed).toMatch(/审查 水利 河清远: APPROVE, 条件 年取水量不超过 5 万立方米/);
    expect(printed).toMatch(/转报 331022-\d{8}-\d+: REPORTED → 省水利厅/);
    expect(printed).toMatch(/送达 331022-\d{8}-\d+: CLOSED FORWARDED_CLOSED/);
  });

  test('the example of a question has it answered by the county and reported by the township that was asked', async () => {
    const printed = await example('ask-a-question');
    expect(printed).toMatch(/网上咨询 \S+, 查询码 \S+, \d{4}-\d\d-\d\d 前答复/);
    expect(printed).toMatch(/亭旁镇 转请答复: 孤寡老人申请临时救助/);
    expect(printed).toMatch(/REPORTED: 县民政窗口答复: 只看户口簿和收入说明。/);
  });

  test('the example of joint cases shows the centre one of eight departments, and reminds the township’s once', async () => {
    const printed = await example('coordinate-joint');
    expect(printed).toMatch(/联办件 331022-\d{8}-\d+ 牵头 住房城乡建设: 待答复 8, 逾期 0, 待安排踏勘/);
    expect(printed).toContain('REMINDER_TOO_EARLY');
    expect(printed).toContain('已催办 1 次, 亭旁镇收到提醒');
  });

  test('the example of competence names who accepts and who decides', async () => {
    expect(await example('ask-competence')).toMatch(/800 元: 受理 亭旁镇, 决定 \S+/);
  });

  test('the example of a guide prints what a resident is told, and the flow as text', async () => {
    const printed = await example('read-guide');
    expect(printed).toContain('# 最低生活保障对象认定办事指南');
    expect(printed).toMatch(/\d+\. 决定\(三门县\)/u);
    expect(printed).toMatch(/表格 最低生活保障申请书 \(BLANK\) \d{4} bytes, attachment/u);
    expect(printed).toMatch(/表格 最低生活保障申请书\(样表\) \(SAMPLE\) \d{4} bytes, attachment/u);
  });

  test('the example of a hall books a time, takes two numbers and calls one', async () => {
    const printed = await example('book-and-queue');
    expect(printed).toMatch(/预约 331022103-Y-\d{8}-D\d+-1730-01, 验证码 \w{8}/);
    expect(printed).toMatch(/取号 L\d{3}/);
    expect(printed).toMatch(/[AL]\d{3} FINISHED/);
  });

  test('the example of a meeting closes its minutes, and decides by them alone', async () => {
    const printed = await example('hold-meeting');
    expect(printed).toMatch(/# 亭旁镇联合会审纪要\n\n会纪〔\d{4}〕\d+号/u);
    expect(printed).toContain('条件:放样时到场');
    expect(printed).toMatch(/MEETING_CONTRADICTED: 会纪/u);
    expect(printed).toMatch(/331022103-\S+ GRANTED 依据 会纪〔\d{4}〕\d+号 摘要一致/u);
    expect(printed).toContain('待办会议任务: 放样到场并留影像');
  });

  test('the example of figures says how many nodes they cover, and lists what is due next', async () => {
    const printed = await example('read-figures');
    expect(printed).toMatch(/\d+ of 7 nodes without a gap/);
    expect(printed).toMatch(/辖区办件: 7 of 7 nodes answered/);
  });

  test('the example of operators sees every node of the township', async () => {
    expect(await example('look-after-nodes')).toMatch(/亭旁镇 {2}就绪[^]*(\d+) of \1 nodes answered/);
  });
}
