import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { COUNTY, JOURNEY } from '../testing/memory-federation.ts';
import { freePort } from '@liandong/runtime/local';
import { TestBroker } from '../../../schema/runtime/src/testing/nats-broker.ts';
import { personAt } from '../testing/people.ts';
import { TestGateway } from '../testing/test-gateway.ts';
import { NatsTransport } from '../transport/index.ts';
import { serveMetrics } from './index.ts';

const clerk = personAt(COUNTY, 'CLERK');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.open();
});
afterAll(() => gateway.close());

describe('the gateway', () => {
  test('hands the caller’s trace to every node it asks', async () => {
    const id = gateway.file();
    gateway.hosts.requests.length = 0;
    const token = await gateway.tokens.token(clerk);
    await gateway.ask(
      JOURNEY,
      { id },
      { authorization: `Bearer ${token}`, traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
    );
    const operations = gateway.hosts.requests.flatMap((sent) => sent.request.operations);
    expect(operations.length).toBeGreaterThan(1);
    expect(new Set(operations.map((operation) => operation.trace?.split('-')[1]))).toEqual(new Set([TRACE]));
  });

  test('begins a trace of its own where none or none that is one was handed over', async () => {
    const id = gateway.file();
    gateway.hosts.requests.length = 0;
    await gateway.ask(JOURNEY, { id }, { traceparent: 'x'.repeat(100) });
    const [first] = gateway.hosts.requests.flatMap((sent) => sent.request.operations);
    expect(first?.trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test('shows its figures on a port of its own, without an id in them, and nothing else there', async () => {
    const port = await freePort();
    const close = await serveMetrics(port, '127.0.0.1', () => gateway.gateway.isReady());
    const id = gateway.file();
    await gateway.askAs(clerk, JOURNEY, { id });
    await gateway.request(`/${id}`);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toMatch(/liandong_gateway_request_seconds_count\{place="\/graphql",status="2xx"\} [1-9]/);
    expect(text).toMatch(/liandong_gateway_operations_total\{role="handling"\} [1-9]/);
    expect(text).toContain('liandong_gateway_ready 1');
    // exactly the metrics that the page on operation lists
    const page = await readFile(new URL('../../../docs/operation.md', import.meta.url), 'utf8');
    const listed = new Set([...page.matchAll(/`(liandong_gateway_[a-z_]+)`/g)].map((m) => m[1]));
    const shown = [...text.matchAll(/^# TYPE (liandong_[a-z_]+) /gm)].map((m) => m[1]);
    expect(new Set(shown)).toEqual(listed);
    expect(text).not.toContain(id);
    expect((await fetch(`http://127.0.0.1:${port}/graphql`)).status).toBe(404);
    expect((await gateway.request('/metrics')).status).toBe(404);
    await close();
  });

  test('knows whether its broker is there, by which it is ready or not', async () => {
    const broker = await TestBroker.start();
    onTestFinished(() => broker.stop());
    const nats = await NatsTransport.connect([broker.url], null);
    expect(nats.isUp()).toBe(true);
    await broker.stop();
    await expect.poll(() => nats.isUp()).toBe(false);
    await nats.close();
  });

  test('that can not ask its hosts says so', async () => {
    const cut = await TestGateway.open();
    Object.assign(cut.hosts, { isUp: () => false });
    expect((await cut.request('/ready')).status).toBe(503);
    expect((await cut.request('/health')).status).toBe(200);
    await cut.close();
  });
});
