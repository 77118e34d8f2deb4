import { PERMISSIONS } from './permissions.ts';
import type { Tier } from '../kernel/words.ts';
import { ROLE_LABELS, TIER_LABELS, TIERS } from '../kernel/words.ts';
import type { Domain } from './domain.ts';
import { operationsOf } from './domain.ts';
import type { MayAsk } from './operation.ts';

/** The list of operations as Markdown: name, posts with their tiers, and legal basis. */
export function printedOperations(domains: readonly Domain[]): string {
  const rows = operationsOf(domains).map(({ operation, domain }) => {
    const { name, zh, kind, by, article } = operation;
    return `| \`${name}\` | ${zh} | ${kind} | ${whoMay(by)} | ${article} | ${domain.zh} |`;
  });
  const head = ['| operation | 中文 | kind | who may | rests on | domain |', '| --- | --- | --- | --- | --- | --- |'];
  return `# Operations\n\n${[...head, ...rows].join('\n')}\n`;
}

function whoMay(by: MayAsk): string {
  if (by === 'PUBLIC') return 'anybody';
  if (by === 'LOGIN') return 'anybody signed in';
  return Object.entries(PERMISSIONS[by])
    .map(([role, tiers]) => `${ROLE_LABELS[role as keyof typeof ROLE_LABELS]} ${tiersOf(tiers)}`)
    .join('; ');
}

const tiersOf = (tiers: readonly Tier[]) =>
  tiers.length === TIERS.length ? '各级' : tiers.map((tier) => TIER_LABELS[tier]).join('、');
