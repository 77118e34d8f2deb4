import type { CaseVerdict, ParentOf, PublicKey } from '@liandong/schema/trust';
import { certificateSchema, parentByCode, verifyCaseExport } from '@liandong/schema/trust';
import { parseDivisions, problem } from '@liandong/schema/kernel';
import { readToolSettings } from '../config.ts';
import type { Terminal } from './opening.ts';
import { findValue, parseCommand, readInput, readInputText } from './opening.ts';

export const VERIFY_USAGE = `  verify <file> --root <key> [--divisions <file>] [--json]
                                            verify an exported case offline with nothing but the root's public key:
                                            every signature, the certificates of the keys at the time of each line, the
                                            chain, the fold of the log, the bytes of materials. Ends with status 0, or 1
                                            and every fault by its place. --root is a file (trust.json, or the key as
                                            JWK) or the key's "x" itself; without it LIANDONG_TRUST_FILE is read.
                                            --divisions names the register of places, for zones with local codes
`;

const OPTIONS = {
  root: { type: 'string' },
  divisions: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** @returns the exit status: 0 for a sound export, 1 for any other */
export async function verify(argv: readonly string[], { environment, print }: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [file] = args;
  if (file === undefined) throw problem('BAD_INPUT', 'Name the file to verify.');
  const root = await readRoot(findValue(values, 'root') ?? readToolSettings(environment).trustFile);
  const register = findValue(values, 'divisions');
  const verdict = await verifyCaseExport(await readInput(file), root, await parentsBy(register));
  print(values['json'] === true ? `${JSON.stringify(verdict)}\n` : describe(verdict));
  return verdict.ok ? 0 : 1;
}

async function parentsBy(register: string | null): Promise<ParentOf> {
  if (register === null) return parentByCode;
  const divisions = parseDivisions(await readInputText(register));
  return (node, day) => divisions.parentOn(node, day);
}

/** @throws {ProblemError} BAD_INPUT */
async function readRoot(given: string | null): Promise<PublicKey> {
  if (given === null) throw problem('BAD_INPUT', '--root is missing: the root’s public key.', { field: 'root' });
  if (/^[A-Za-z0-9_-]{43}$/.test(given)) return { kty: 'OKP', crv: 'Ed25519', x: given };
  const text = await readInputText(given);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw problem('BAD_INPUT', `${given} holds no public key.`, { field: 'root', cause });
  }
  const { root } = content as { root?: unknown };
  const parsed = certificateSchema.shape.jwk.safeParse(root ?? content);
  if (!parsed.success) throw problem('BAD_INPUT', `${given} holds no public Ed25519 key.`, { field: 'root' });
  return parsed.data;
}

function describe(verdict: CaseVerdict): string {
  const { lines, keys, materials, bytesOfMaterials, application } = verdict.checked;
  if (!verdict.ok) {
    const faults = verdict.faults.map(({ place, part, code, message }) => `${place} (${part}): ${code}: ${message}\n`);
    return `NOT SOUND: ${verdict.case ?? 'no case'}\n${faults.join('')}`;
  }
  return [
    `Sound: ${verdict.case ?? ''}, ${verdict.state ?? ''}, exported by ${verdict.exportedBy ?? ''} at ${verdict.exportedAt ?? ''}.`,
    `${lines} lines, ${keys} certificates and ends of keys, ${materials} materials${bytesOfMaterials > 0 ? ` with ${bytesOfMaterials} bytes` : ' by their digests'}${application ? ', the application' : ''}.`,
    '',
  ].join('\n');
}
