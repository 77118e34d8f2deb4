// Asks the registry for known faults of what runs in production, and judges its answer.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Findings that do not concern this program, by the address of their advisory, each explained in docs/security.md. */
export const EXPLAINED = [];

/** These keep a build from passing. */
const GRAVE = ['high', 'critical'];

/**
 * Judges an answer of `npm audit --json`.
 * @param {string} text
 * @param {readonly string[]} explained
 * @returns {{ outcome: 'CLEAN' | 'FAULTY' | 'NOT_ANSWERED', said: string }}
 */
export function judge(text, explained = EXPLAINED) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    report = null;
  }
  if (typeof report?.vulnerabilities !== 'object' || report.vulnerabilities === null) {
    const why = report?.message ?? 'no report';
    return { outcome: 'NOT_ANSWERED', said: `The registry tells of no known faults of packages (${why}).` };
  }
  const open = [];
  for (const { name, via } of Object.values(report.vulnerabilities)) {
    for (const advisory of via) {
      // a text names another package of this list, which has the fault
      if (typeof advisory === 'string' || explained.includes(advisory.url)) continue;
      open.push(`${advisory.severity} ${name}: ${advisory.title} ${advisory.url}`);
    }
  }
  const grave = open.filter((line) => GRAVE.some((severity) => line.startsWith(severity)));
  if (grave.length > 0) return { outcome: 'FAULTY', said: grave.join('\n') };
  return { outcome: 'CLEAN', said: ['No grave fault of a package is known.', ...open].join('\n') };
}

/** Asks, of what runs in production. */
export async function audit() {
  const quick = ['--fetch-retries=0', '--fetch-timeout=20000'];
  const child = spawn('npm', ['audit', '--omit=dev', '--json', ...quick], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk.toString('utf8')));
  await new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  return judge(text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { outcome, said } = await audit();
  process.stdout.write(`${said}\n`);
  process.exitCode = outcome === 'FAULTY' ? 1 : 0;
}
