import { dayOf } from '../../kernel/calendar.ts';
import { plain } from '../../kernel/markdown.ts';
import type { AgendaItem, Meeting, MeetingTask, Seat } from './meeting.ts';
import { MEETING_KIND_LABELS, MEETING_OUTCOME_LABELS, PRESENCE_LABELS } from './words.ts';

/** 纪要编号: the number of minutes in a desk's series of a year. */
export function minutesNumber(year: string, serial: number): string {
  return `会纪〔${year}〕${serial}号`;
}

/**
 * 会议纪要 as Markdown, of a meeting that may be closed. The same meeting gives the same text, whose digest a decision
 * cites.
 * @param desk the name of the desk's division
 */
export function minutesText(meeting: Meeting, number: string, desk: string, at: Date): string {
  const { kind, department, day, begins, place, seats, agenda, tasks } = meeting;
  const [chair] = seats;
  return `${[
    `# ${plain(desk)}${plain(department ?? '')}${MEETING_KIND_LABELS[kind]}纪要`,
    number,
    listed([
      `时间:${day} ${begins}`,
      `地点:${plain(place)}`,
      `主持:${chair ? seatText(chair) : '无'}`,
      `纪要日期:${dayOf(at)}`,
    ]),
    '## 出席情况',
    listed(seats.slice(1).map(seatText)),
    '## 议题',
    agenda.length === 0 ? '无' : agenda.map(itemText).join('\n\n'),
    '## 会议任务',
    listed(tasks.map(taskText)),
  ].join('\n\n')}\n`;
}

const listed = (texts: readonly string[]) => (texts.length === 0 ? '无' : texts.map((each) => `- ${each}`).join('\n'));

function seatText({ person, department, presence, by }: Seat): string {
  const who = plain(person?.name ?? department ?? '');
  const how = presence === null ? '' : `,${PRESENCE_LABELS[presence]}`;
  return `${who}${how}${by === null ? '' : `:${plain(by)}`}`;
}

function itemText({ number, caseNumber, item, question, result }: AgendaItem): string {
  const found = result === null ? '' : MEETING_OUTCOME_LABELS[result.outcome];
  return [
    `### ${number}. 办件 ${plain(caseNumber)}(${plain(item)})`,
    listed([
      `议题:${plain(question)}`,
      `议定结果:${found}`,
      ...(result?.reason ? [`理由:${plain(result.reason)}`] : []),
      ...(result?.conditions ?? []).map((condition) => `条件:${plain(condition)}`),
    ]),
  ].join('\n\n');
}

function taskText({ text, person, department, due }: MeetingTask): string {
  return `${plain(text)}(${plain(person?.name ?? department ?? '')},${due} 前)`;
}
