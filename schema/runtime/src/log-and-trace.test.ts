import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { problem } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import { currentTrace, exportTraces, inTrace, programLog } from './index.ts';

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a trace', () => {
  test('goes on where a parent was handed over, and begins anew where none was or it is none', async () => {
    expect(currentTrace()).toBeNull();
    const seen = await inTrace(PARENT, 'a', () => Promise.resolve(currentTrace()));
    expect(seen).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
    const fresh = await inTrace('nonsense', 'a', () => Promise.resolve(currentTrace()));
    expect(fresh).not.toContain('0af7651916cd43dd8448eb211c80319c');
  });

  test('holds together over what is waited for inside it, and ends with it', async () => {
    const ids = await inTrace(PARENT, 'outer', async () => {
      await Promise.resolve();
      return inTrace(null, 'inner', () => Promise.resolve(currentTrace()?.split('-')[1]));
    });
    expect(ids).toBe('0af7651916cd43dd8448eb211c80319c');
    await expect(inTrace(PARENT, 'bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(currentTrace()).toBeNull();
  });

  test('is sent to the collector where one is configured, with names of work and no texts of errors', async () => {
    const bodies: Buffer[] = [];
    const paths: (string | undefined)[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      paths.push(request.url);
      request.on('data', (chunk: Buffer) => bodies.push(chunk)).on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const stop = await exportTraces('test', `http://127.0.0.1:${port}`);
    await inTrace(PARENT, 'take DOSSIER', () => Promise.reject(new Error('王秀英'))).catch(() => undefined);
    await stop();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const sent = Buffer.concat(bodies).toString();
    expect(paths).toEqual(['/v1/traces']);
    expect(sent).toContain('take DOSSIER');
    expect(sent).not.toContain('王秀英');
  });
});

describe('a log', () => {
  const logged = (work: (log: ReturnType<typeof programLog>) => void): string => {
    const lines: string[] = [];
    work(programLog('info', { host: 'h' }, { write: (line) => void lines.push(line) }));
    return lines.join('');
  };

  test('tells an error by class, code and place, and repeats a text only where the project wrote it', () => {
    const foreign = Object.assign(new Error('duplicate key (331022195203120028)'), { code: '23505' });
    const line = logged((log) => log.error({ err: foreign }, 'failed'));
    expect(JSON.parse(line)).toMatchObject({ msg: 'failed', err: { type: 'Error', code: '23505' } });
    expect(line).not.toContain('331022195203120028');
    const own = logged((log) => log.error({ err: problem('NOT_FOUND', 'No such case.', { cause: foreign }) }, 'x'));
    expect(own).toContain('No such case.');
    expect(own).not.toContain('331022195203120028');
  });

  test('hides secrets by the names they go by, also one level down', () => {
    const line = logged((log) => log.info({ token: 'geheim', a: { password: 'geheim', phone: 'geheim' } }, 'x'));
    expect(line).not.toContain('geheim');
  });

  test('names the trace it belongs to', async () => {
    const line = await inTrace(PARENT, 'a', () => Promise.resolve(logged((log) => log.info('x'))));
    expect(JSON.parse(line)).toMatchObject({ trace_id: '0af7651916cd43dd8448eb211c80319c' });
  });
});
