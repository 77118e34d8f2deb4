import { parseArgs } from 'node:util';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { RollupNow } from '../federation/journeys.ts';
import { JOURNEYS, rollupWhen } from '../federation/journeys.ts';
import type { DelegationReport } from '../federation/delegation-journey.ts';
import { delegationJourney } from '../federation/delegation-journey.ts';
import type { JointReport } from '../federation/joint-journey.ts';
import { jointJourney } from '../federation/joint-journey.ts';
import type { ProxyReport } from '../federation/proxy-journey.ts';
import { proxyJourney } from '../federation/proxy-journey.ts';
import type { OneFormReport } from '../federation/one-form-journey.ts';
import { oneFormJourney } from '../federation/one-form-journey.ts';
import type { JourneyReport } from '../federation/journeys.ts';
import { Federation } from '../federation/federation.ts';
import { stateImplementations } from '../federation/sample-implementations.ts';
import { printAnswers } from './print.ts';
import { DEMO_HOSTS, DEMO_PASSWORD, DEMO_PEOPLE } from '../federation/demo-plan.ts';
import { SOURCE_PROGRAMS } from '../federation/plan.ts';

const USAGE = `npm run demo [-- --once] [-- --print] [-- --json] [-- --dev] [-- --port 4000]

  --once   ends by itself after the journeys; exit status 0 only when all outcomes are right
  --print  also prints who is competent and where the catalogue drifts, as README shows it
  --json   prints one JSON object on the last line
  --dev    runs hosts and gateway from source, without the journeys, and starts again what changed (npm run dev)
  --port   port of the gateway, 4000 when left out
`;

/** The results of the demo. */
interface DemoReport {
  ok: boolean;
  journeys: JourneyReport[];
  rollup: { division: string; filed: number; closed: number; coverage: RollupNow['coverage'] } | null;
  /** A power that was granted, used and revoked. */
  delegation: DelegationReport | null;
  /** A joint acceptance with a township among its parties. */
  joint: JointReport | null;
  /** A case handled by proxy whose agent went on leave. */
  proxy: ProxyReport | null;
  /** One form that filed, carried and delivered several items. */
  oneForm: OneFormReport;
}

const aborted = new AbortController();
let starting: Promise<Federation> | null = null;
let stopping: Promise<void> | null = null;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Stops the running federation, also one that is still starting. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    aborted.abort();
    // a start that was ended has stopped everything itself
    const federation = await starting?.catch(() => null);
    if (!federation) return;
    say('stopping …');
    await federation.stop();
  })();
  return stopping;
}

async function main(): Promise<void> {
  const { values } = readArguments();
  if (values.help) return say(USAGE);
  const port = Number(values.port ?? 4000);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw problem('BAD_INPUT', '--port is no port.');

  say('三级联动 Liandong: one city, one county, two townships, four villages');
  const began = performance.now();
  starting = Federation.start({
    signal: aborted.signal,
    gatewayPort: port,
    durable: true,
    path: process.env.PATH ?? '',
    ...(values.dev ? { plan: { hosts: DEMO_HOSTS, people: DEMO_PEOPLE, ...SOURCE_PROGRAMS } } : {}),
    progress: (step, ms) => {
      if (ms !== null) say(`  started ${step} (${ms} ms)`);
    },
  });
  const federation = await starting;
  say(`ready after ${Math.round(performance.now() - began)} ms\n`);

  if (values.dev) return sayAddresses(federation);
  const report = await runJourneys(federation);
  if (values.print) await printAnswers(federation, say);
  say(report.ok ? 'All outcomes are right.' : 'An outcome is not what it must be.');
  if (values.once) {
    process.exitCode = report.ok ? 0 : 1;
    await stop();
  } else {
    sayAddresses(federation);
  }
  if (values.json) say(JSON.stringify(report));
}

async function runJourneys(running: Federation): Promise<DemoReport> {
  const stated = await stateImplementations(running);
  say(`办事指南: ${stated} 份实施清单公布环节、窗口、收费和裁量基准,已到包家村\n`);
  const reports: JourneyReport[] = [];
  let ok = true;
  for (const { title, run, expect } of JOURNEYS) {
    say(title);
    const report = await run(running, (step, ms) => say(`  ${String(ms).padStart(5)} ms  ${step}`));
    const right =
      report.outcome === expect.outcome && report.custodian === expect.custodian && report.hops === expect.hops;
    ok &&= right;
    reports.push(report);
    say(
      `  = ${report.outcome} at ${report.custodian} after ${report.hops} hand-offs, ${report.ms} ms${right ? '' : '   NOT AS EXPECTED'}\n`,
    );
  }
  const county = await rollupWhen(await running.as('county-supervisor'), '331022', JOURNEYS.length);
  const city = await rollupWhen(await running.as('city-supervisor'), '331000', JOURNEYS.length);
  for (const { division, figures, coverage } of [county, city]) {
    say(
      `${division.name}: ${figures.filed} filed, ${figures.closed} closed; ` +
        `${coverage.covered} of ${coverage.expected} nodes without a gap, as of ${coverage.asOf ?? 'never'}`,
    );
  }
  ok &&= city.figures.filed === JOURNEYS.length && city.figures.closed === JOURNEYS.length;
  say('\n临时救助:县委托镇决定,镇以县名义决定,县撤销');
  const delegation = await delegationJourney(running, (step, ms) => say(`  ${String(ms).padStart(5)} ms  ${step}`));
  say(
    `  = decided by ${delegation.decidedBy} in the name of ${delegation.inNameOf}${delegation.ok ? '' : '   NOT AS EXPECTED'}\n`,
  );
  ok &&= delegation.ok;
  say('工业项目竣工联合验收:七部门和亭旁镇一次踏勘、一份整改清单、一份决定书');
  const joint = await jointJourney(running, (step, ms) => say(`  ${String(ms).padStart(5)} ms  ${step}`));
  say(
    `  = ${joint.outcome}, ${joint.state}: ${joint.parties.join('、')}; ${joint.ms} ms${joint.ok ? '' : '   NOT AS EXPECTED'}\n`,
  );
  ok &&= joint.ok;
  say('代办:包家村代办员请假,B角接办,申请人看得到谁在办');
  const proxy = await proxyJourney(running, (step, ms) => say(`  ${String(ms).padStart(5)} ms  ${step}`));
  say(`  = ${proxy.steps.join(' → ')}${proxy.ok ? '' : '   NOT AS EXPECTED'}\n`);
  ok &&= proxy.ok;
  const oneForm = await runOneForm(running);
  ok &&= oneForm.ok;
  const { division, figures, coverage } = city;
  return {
    ok,
    journeys: reports,
    rollup: { division: division.code, filed: figures.filed, closed: figures.closed, coverage },
    delegation,
    joint,
    proxy,
    oneForm,
  };
}

async function runOneForm(running: Federation): Promise<OneFormReport> {
  say('新办企业一件事:一张表,设立登记在先,公章、税务、社保、开户并行,一次送达');
  const report = await oneFormJourney(running, (step, ms) => say(`  ${String(ms).padStart(5)} ms  ${step}`));
  const { state, succeeded, total, delivered, ms, ok } = report;
  const right = ok ? '' : '   NOT AS EXPECTED';
  say(`  = ${state}: ${succeeded} of ${total} items, ${delivered} delivered at once, ${ms} ms${right}\n`);
  return report;
}

function sayAddresses(running: Federation): void {
  say(`
GraphQL and GraphiQL   ${running.gatewayUrl}/graphql
Log in                 curl -d grant_type=password -d username=baojia-agent -d password=${DEMO_PASSWORD} ${running.gatewayUrl}/issuer/token
People                 ${DEMO_PEOPLE.map((p) => p.username).join(', ')}
Logs                   ${running.dir}/logs
Ctrl-C stops everything.`);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean' },
        print: { type: 'boolean' },
        json: { type: 'boolean' },
        dev: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw problem('BAD_INPUT', (cause as Error).message, { cause });
  }
}

function interrupted(): void {
  process.exitCode = 130;
  void stop();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(signal, interrupted);
// the reader of the output went away (`| head`), so no one is left to tell
for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupted);

void main()
  .catch((error: unknown) => {
    // a person who stopped the demo knows that it was stopped
    if (aborted.signal.aborted) return;
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${error instanceof ProblemError ? `${error.code}: ${text}` : text}\n`);
    process.exitCode = 1;
  })
  .then(() => (process.exitCode ? stop() : undefined))
  // the starter's channel must not keep this process alive
  .finally(() => process.channel?.unref());
