import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { problem } from '@liandong/schema/kernel';

/** Fewest characters of a password. NIST SP 800-63B (2017), 5.1.1.2, asks for eight. */
const SHORTEST = 10;
const LONGEST = 200;

/** Where a password is typed or piped from. */
export interface PasswordSource {
  stdin: NodeJS.ReadStream;
  /** The prompt is printed here. */
  stderr: NodeJS.WritableStream;
}

/**
 * Reads a new password. At a terminal the person types it twice and it is not shown; else it is the first line of the
 * pipe. It is never an argument, because other users of the machine can read arguments.
 * @throws {ProblemError} BAD_INPUT if it is too short, too long, the username, or typed differently the second time
 */
export async function readPassword({ stdin, stderr }: PasswordSource, username: string): Promise<string> {
  const typed = stdin.isTTY;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: typed ? silent : undefined, terminal: typed });
  try {
    const given = lines[Symbol.asyncIterator]();
    const ask = async (text: string): Promise<string> => {
      if (typed) stderr.write(text);
      const { value, done } = await given.next();
      if (typed) stderr.write('\n');
      if (done) throw problem('BAD_INPUT', 'No password was given.', { field: 'password' });
      return value;
    };
    const password = await ask(`Password of ${username}: `);
    requireFit(password, username);
    if (typed && (await ask('Once more: ')) !== password) {
      throw problem('BAD_INPUT', 'The two are not the same.', { field: 'password' });
    }
    return password;
  } finally {
    lines.close();
  }
}

function requireFit(password: string, username: string): void {
  const { length } = password;
  if (length < SHORTEST || length > LONGEST) {
    throw problem('BAD_INPUT', `A password has ${SHORTEST} to ${LONGEST} characters.`, { field: 'password' });
  }
  if (password.toLowerCase().includes(username.toLowerCase())) {
    throw problem('BAD_INPUT', 'A password does not hold the username.', { field: 'password' });
  }
}
