import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { ThinLine } from './thin-line.ts';

test('a thin line carries what both sides send, byte for byte, and ends with its server’s answer', async () => {
  const content = randomBytes(300_000);
  const server = createServer((request, response) => {
    void request.toArray().then((parts) => response.end(Buffer.concat([content, ...(parts as Buffer[])])));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const line = await ThinLine.listen((server.address() as AddressInfo).port, 100_000_000, 1);
  const said = randomBytes(50_000);
  const answer = await fetch(`http://127.0.0.1:${line.port}/`, { method: 'POST', body: said });
  expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.concat([content, said]))).toBe(true);
  const { port } = line;
  await line.close();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  server.close();
});
