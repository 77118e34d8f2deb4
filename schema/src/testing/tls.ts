import { spawnSync } from 'node:child_process';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';

export interface TestCertificate {
  certFile: string;
  keyFile: string;
}

/** Whether this machine can make certificates. Node.js can't, and a library for it would serve only tests. */
export const CAN_CERTIFY = spawnSync('openssl', ['version']).status === 0;

/** A self-signed certificate of 127.0.0.1, its own authority. */
export function makeCertificate(dir: string, name = 'tls'): TestCertificate {
  const certFile = join(dir, `${name}.crt`);
  const keyFile = join(dir, `${name}.key`);
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = spawnSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', certFile]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  return { certFile, keyFile };
}

/** A connection that a test listens in on: it counts the bytes, and may lead elsewhere from the next call on. */
export class TappedLine {
  /** Port the line leads to. */
  to: number;
  /** Bytes of each call, and whether it has ended. */
  readonly calls: { sent: Buffer; ended: boolean }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(to: number) {
    this.to = to;
    this.#server = createServer((caller) => this.#carry(caller));
  }

  static async open(to: number): Promise<TappedLine> {
    const line = new TappedLine(to);
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The calls that are over. */
  get over() {
    return this.calls.filter(({ ended }) => ended);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #carry(caller: Socket): void {
    const call = { sent: Buffer.alloc(0), ended: false };
    this.calls.push(call);
    const called = connect(this.to, '127.0.0.1');
    caller.on('data', (chunk) => (call.sent = Buffer.concat([call.sent, chunk])));
    caller.pipe(called).pipe(caller);
    for (const socket of [caller, called]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        call.ended = true;
        caller.destroy();
        called.destroy();
      });
    }
  }
}
