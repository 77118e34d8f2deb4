/**
 * A host as a process of its own, whose people work when the benchmark tells them to. They use its services directly,
 * so that the time of a gateway and of GraphQL does not count as the hand-off's.
 */
import { filing } from '@liandong/schema/domains/filing';
import { handling } from '@liandong/schema/domains/handling';
import { operate } from '@liandong/schema/operation';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { programLog } from '@liandong/runtime';
import { Host, processRegistry, readConfig } from '@liandong/nodes';
import type { Viewer } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import type { DeskAnswer, DeskCommand, MutationStep, Tokens, Walk, Walked } from './desk-protocol.ts';
import { textOf } from './materials.ts';
import { listenToStatements, nameOf, rowsOf, statementsOf } from './statements.ts';

listenToStatements();

const config = readConfig(process.env);
const log = programLog(config.logLevel, { host: config.host });
const host = await Host.start(config, log);
process.on('disconnect', () => void host.stop(log));
process.on('message', (command: DeskCommand) => {
  obey(command).then(
    (done) => process.send?.({ done }),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : '' }),
  );
});
process.send?.({ done: null });

function obey(command: DeskCommand): Promise<DeskAnswer[DeskCommand['do']]> {
  switch (command.do) {
    case 'file':
      return file(command);
    case 'forward':
      return forward(command);
    case 'forwardQuietly':
      return forwardQuietly(command);
    case 'walk':
      return walk(command);
    case 'listen':
      return listen(command);
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return Promise.resolve({ ms: (user + system) / 1000 });
    }
    default:
      return command satisfies never;
  }
}

function agentOf(node: string): Viewer {
  return { issuer: 'bench', sub: `${node}-agent`, name: '包小芳', division: node, roles: ['AGENT'], department: null };
}

async function file({ node, item, count, concurrency }: DeskCommand & { do: 'file' }): Promise<DeskAnswer['file']> {
  const desk = operate(host.services(node).perform, filing);
  const ids: string[] = [];
  await atOnce(count, concurrency, async () => {
    const filed = await desk.fileCase(agentOf(node), {
      item,
      place: null,
      applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
      consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '代办', givenAt: '2026-01-05T01:00:00.000Z' },
      amountFen: null,
      materials: [],
      idempotencyKey: null,
    });
    ids.push(filed.filing.id);
  });
  return { ids };
}

async function forward(command: DeskCommand & { do: 'forward' }): Promise<DeskAnswer['forward']> {
  const desk = operate(host.services(command.node).perform, handling);
  const times: number[] = [];
  const from = Date.now();
  await atOnce(command.ids.length, command.concurrency, async (index) => {
    const begun = performance.now();
    const id = command.ids[index] ?? '';
    // like a console: each forward has a key of its own
    await desk.forwardCase(agentOf(command.node), { id, note: null, idempotencyKey: randomUUID() });
    times.push(performance.now() - begun);
  });
  return { times, from, until: Date.now() };
}

async function forwardQuietly(command: DeskCommand & { do: 'forwardQuietly' }): Promise<DeskAnswer['forwardQuietly']> {
  const { node, ids, pauseMs } = command;
  const desk = operate(host.services(node).perform, handling);
  const times: number[] = [];
  for (const id of ids) {
    const before = await settledDossiers();
    const begun = performance.now();
    await desk.forwardCase(agentOf(node), { id, note: null, idempotencyKey: randomUUID() });
    while ((await settledDossiers()) === before) await pause(1);
    times.push(performance.now() - begun);
    await pause(pauseMs);
  }
  return { times };
}

/**
 * Hand-offs with a committed receipt, as the host counts them: a query to the database would disturb the measurement.
 */
async function settledDossiers(): Promise<number> {
  const { values = [] } = (await processRegistry.getSingleMetric('liandong_handoff_seconds')?.get()) ?? {};
  const counts = values as { metricName?: string; labels: { kind?: string }; value: number }[];
  return counts.find((v) => v.metricName?.endsWith('_count') && v.labels.kind === 'DOSSIER')?.value ?? 0;
}

async function walk({ node, steps, tokens, cases, concurrency }: Walk): Promise<Walked> {
  const times: Record<string, number[]> = {};
  const begun = performance.now();
  await atOnce(cases, concurrency, async () => {
    let id: string | null = null;
    for (const step of steps) {
      const began = performance.now();
      id = await mutate(node, step, tokens, id);
      (times[step.name] ??= []).push(performance.now() - began);
    }
  });
  return { times, seconds: (performance.now() - begun) / 1000 };
}

async function listen({ node, steps, tokens }: DeskCommand & { do: 'listen' }): Promise<DeskAnswer['listen']> {
  const answer: DeskAnswer['listen'] = { sent: {}, written: {} };
  let id: string | null = null;
  for (const step of steps) {
    const sent = await statementsOf(async () => {
      id = await mutate(node, step, tokens, id);
    });
    answer.sent[step.name] = sent.map(nameOf);
    answer.written[step.name] = sent.flatMap((each) => rowsOf(each) ?? []);
  }
  return answer;
}

/** Sends a mutation to this host as the gateway would. @returns the case's id */
async function mutate(node: string, step: MutationStep, tokens: Tokens, id: string | null): Promise<string> {
  const { materials = [] } = step.input as { materials?: object[] };
  const input = {
    ...step.input,
    idempotencyKey: randomUUID(),
    ...(id === null ? { materials: materials.map((material) => ({ ...material, content: textOf(3_000) })) } : { id }),
  };
  const operation = { role: step.role, at: node, query: step.query, variables: { input }, token: tokens[step.who] };
  const reply = await host.answer({ operations: [operation], budgetMs: 10_000 });
  const [result] = 'results' in reply ? reply.results : [];
  const [payload] = Object.values(result?.data ?? {}) as { case: { id: string } | null; errors?: object[] | null }[];
  if (!payload?.case) throw problem('INTERNAL', `${step.name}: ${JSON.stringify(result ?? reply).slice(0, 500)}`);
  return payload.case.id;
}

async function atOnce(count: number, concurrency: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
