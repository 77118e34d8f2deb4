import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import type { TestCertificate } from '../../../src/testing/tls.ts';
import { freePort } from '../local/index.ts';

/** A real nats-server for one test file; it keeps its port over restarts. */
export class TestBroker {
  readonly url: string;
  readonly #dir: string;
  readonly port: number;
  readonly #tls: TestCertificate | null;
  #child: ChildProcess | null = null;

  private constructor(dir: string, port: number, tls: TestCertificate | null) {
    this.#dir = dir;
    this.port = port;
    this.#tls = tls;
    this.url = `nats://127.0.0.1:${port}`;
  }

  /** @param tls the broker's certificate; with it the broker refuses clients without TLS */
  static async start(tls: TestCertificate | null = null): Promise<TestBroker> {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-gateway-'));
    const broker = new TestBroker(dir, await freePort(), tls);
    await broker.restart();
    return broker;
  }

  async restart(): Promise<void> {
    const store = ['-js', '-sd', join(this.#dir, 'jetstream')];
    const place = ['-a', '127.0.0.1', '-p', String(this.port), '-l', join(this.#dir, 'nats.log')];
    const tls = this.#tls;
    const secure = tls ? ['--tls', '--tlscert', tls.certFile, '--tlskey', tls.keyFile] : [];
    const child = spawn('nats-server', [...place, ...store, ...secure], {
      stdio: 'ignore',
      // Debian installs it in a folder that only root's PATH has
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    });
    this.#child = child;
    for (let tries = 0; tries < 1_500; tries++) {
      try {
        const trusting = tls ? { tls: { caFile: tls.certFile, host: '127.0.0.1' } } : {};
        await (await connect({ servers: this.url, timeout: 1_000, ...trusting })).close();
        return;
      } catch {
        await pause(20);
      }
    }
    throw new Error('nats-server did not start');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
