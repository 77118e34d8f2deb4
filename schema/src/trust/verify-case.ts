import { ProblemError } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { SIGNED_TYPES } from '../wire/envelope.ts';
import { partyWordSchema } from '../domains/joint/messages.ts';
import type { PublicKey } from './key-messages.ts';
import type { LogLine } from '../case/log-line.ts';
import { logLineSchema } from '../case/log-line.ts';
import type { CaseFile } from '../case/case-file.ts';
import { foldLog } from '../case/case-state.ts';
import { saysTheSame, wordBehind } from '../domains/joint/parties.ts';
import type { CaseExport, ExportSeal } from './case-export.ts';
import {
  namePlace,
  parseCaseExport,
  placeOf,
  sealDigest,
  sealSchema,
  unfaithful,
  writeCaseExport,
} from './case-export.ts';
import { sha256Hex } from './digest.ts';
import type { ParentOf } from './key-ring.ts';
import { KeyRing } from './key-ring.ts';

/** Something in an export that is not as it was signed. */
export interface ExportFault {
  /** `line 3`, `key 2`, `material 1`, `application`, `seal`, `case` … */
  place: string;
  /** The faulty part: its form, encoding, signature, key, content, chain, fold, digest or bytes. */
  part: 'form' | 'encoding' | 'signature' | 'key' | 'content' | 'chain' | 'fold' | 'digest' | 'bytes';
  code: ErrorCode;
  message: string;
}

export interface CaseVerdict {
  ok: boolean;
  case: string | null;
  state: string | null;
  /** The exporting node and the time; null when the seal is broken. */
  exportedBy: string | null;
  exportedAt: string | null;
  /** Numbers of checked parts. */
  checked: { lines: number; keys: number; materials: number; bytesOfMaterials: number; application: boolean };
  faults: ExportFault[];
}

/**
 * Verifies an exported case from the first line to the last with nothing but the root's public key: signatures, the
 * certificates of their keys at the time of each line, the chain of hashes, the fold of the log, the application and
 * the bytes of materials, and the exporter's seal over the whole. Every fault found is named by its place.
 * @param bytes the unchanged file
 */
export async function verifyCaseExport(bytes: Uint8Array, root: PublicKey, parentOf: ParentOf): Promise<CaseVerdict> {
  const faults: ExportFault[] = [];
  const verdict: CaseVerdict = {
    ok: false,
    case: null,
    state: null,
    exportedBy: null,
    exportedAt: null,
    checked: { lines: 0, keys: 0, materials: 0, bytesOfMaterials: 0, application: false },
    faults,
  };
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const parsed = parseCaseExport(text);
  if (!('content' in parsed)) {
    faults.push({ place: parsed.place, part: 'form', code: 'MESSAGE_INVALID', message: parsed.message });
    return verdict;
  }
  const { content } = parsed;
  verdict.case = content.case;
  faults.push(...formFaults(bytes, text, content));

  const ring = new KeyRing(root, parentOf);
  faults.push(...(await keyFaults(ring, content)));
  const lines = await readLines(ring, content, faults);
  const file = fold(lines, content, faults);
  verdict.state = file?.state ?? null;
  faults.push(...(await wordFaults(ring, lines, content, file)));
  faults.push(...(await closingFaults(ring, lines)));
  faults.push(...stepFaults(lines, content));
  await checkApplication(file, content, faults);
  const bytesOfMaterials = await checkMaterials(file, content, faults);
  const seal = await checkSeal(ring, content, faults);
  verdict.exportedBy = seal?.node ?? null;
  verdict.exportedAt = seal?.at ?? null;
  verdict.checked = {
    lines: content.lines.length,
    keys: content.keys.length,
    materials: content.materials.length,
    bytesOfMaterials,
    application: content.application !== null,
  };
  verdict.ok = faults.length === 0;
  return verdict;
}

/** An export has one text; a byte that differs from it is found even where it changes no meaning. */
function formFaults(bytes: Uint8Array, text: string, content: CaseExport): ExportFault[] {
  const faults: ExportFault[] = [];
  const written = writeCaseExport(content);
  const exact = new TextEncoder().encode(written);
  const length = Math.max(exact.length, bytes.length);
  let at = 0;
  while (at < length && exact[at] === bytes[at]) at++;
  if (at < length) {
    const before = new TextDecoder().decode(bytes.slice(0, at));
    const place = placeOf(text, before.split('\n').length - 1);
    const message = `Byte ${at} of the file is not as it was written.`;
    faults.push({ place, part: 'form', code: 'MESSAGE_INVALID', message });
  }
  const signed = [
    ...content.lines.map((jws, i) => [namePlace(['lines', i]), jws] as const),
    ...content.keys.map((jws, i) => [namePlace(['keys', i]), jws] as const),
    ['seal', content.seal] as const,
  ];
  for (const [place, jws] of signed) {
    if (isExactJws(jws)) continue;
    const message = 'The signed text is not in its exact encoding (base64url, RFC 7515).';
    faults.push({ place, part: 'encoding', code: 'MESSAGE_INVALID', message });
  }
  return faults;
}

/** Three parts, and no bits of the encoding that a lenient reader would skip. */
function isExactJws(jws: string): boolean {
  const parts = jws.split('.');
  return parts.length === 3 && parts.every((part) => part !== '' && isExactBase64Url(part));
}

function isExactBase64Url(part: string): boolean {
  if (!/^[A-Za-z0-9_-]+$/.test(part) || part.length % 4 === 1) return false;
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') === part;
  } catch {
    return false;
  }
}

async function keyFaults(ring: KeyRing, content: CaseExport): Promise<ExportFault[]> {
  const learned = await ring.learn(content.keys);
  return learned.flatMap(({ state, reason }, index): ExportFault[] =>
    state === 'BELIEVED'
      ? []
      : [
          {
            place: namePlace(['keys', index]),
            part: state === 'WAITING' ? 'key' : 'signature',
            code: state === 'WAITING' ? 'KEY_UNKNOWN' : 'SIGNATURE_INVALID',
            message: reason ?? 'It cannot be believed.',
          },
        ],
  );
}

/** Lines with their signatures and the chain between them; unreadable lines are left out. */
async function readLines(ring: KeyRing, content: CaseExport, faults: ExportFault[]): Promise<(LogLine | null)[]> {
  const lines: (LogLine | null)[] = [];
  let ahead: string | null = null;
  for (const [index, jws] of content.lines.entries()) {
    const place = namePlace(['lines', index]);
    const line = await readLine(ring, jws, place, content.case, faults);
    lines.push(line);
    // if the line before it was changed, only that line is reported
    const known = index > 0 && faults.some((fault) => fault.place === namePlace(['lines', index - 1]));
    if (line && line.prev !== ahead && !known) {
      const message = `Line ${index + 1} names another line ahead of it than stands here.`;
      faults.push({ place, part: 'chain', code: 'CHAIN_BROKEN', message });
    }
    ahead = await sha256Hex(jws);
  }
  return lines;
}

async function readLine(
  ring: KeyRing,
  jws: string,
  place: string,
  id: string,
  faults: ExportFault[],
): Promise<LogLine | null> {
  try {
    const { node, payload } = await ring.verify(jws, SIGNED_TYPES.line, new Date(0));
    const parsed = logLineSchema.safeParse(payload);
    if (!parsed.success || parsed.data.node !== node || parsed.data.case !== id) {
      const message = parsed.success
        ? `${node} signed a line of ${parsed.data.node} in ${parsed.data.case}.`
        : 'No line.';
      faults.push({ place, part: 'content', code: 'MESSAGE_INVALID', message });
      return null;
    }
    return parsed.data;
  } catch (error) {
    faults.push(faultOf(place, error));
    return null;
  }
}

function faultOf(place: string, error: unknown): ExportFault {
  if (!(error instanceof ProblemError)) throw error;
  const { code, message } = error.problem;
  const part = code === 'SIGNATURE_INVALID' ? 'signature' : code.startsWith('KEY_') ? 'key' : 'content';
  return { place, part, code, message };
}

/** Folds as far as it goes; the line that could not have followed is named. */
function fold(lines: readonly (LogLine | null)[], content: CaseExport, faults: ExportFault[]): CaseFile | null {
  const whole = lines.filter((line) => line !== null);
  if (whole.length < lines.length) return null;
  try {
    return foldLog(whole);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const good = whole.findIndex((_, index) => !folds(whole.slice(0, index + 1)));
    const place = namePlace(['lines', good === -1 ? content.lines.length - 1 : good]);
    faults.push({ place, part: 'fold', code: error.code, message: error.message });
    return null;
  }
}

/** If a line rests on the word of another node's party, that node must have signed exactly this, on this question. */
async function wordFaults(
  ring: KeyRing,
  lines: readonly (LogLine | null)[],
  content: CaseExport,
  file: CaseFile | null,
): Promise<ExportFault[]> {
  const faults: ExportFault[] = [];
  const opening = content.lines[lines.findIndex((line) => line?.action === 'JOINT_OPENED')];
  const opened = opening === undefined ? null : await sha256Hex(opening);
  for (const [index, line] of lines.entries()) {
    const jws = line && wordBehind(line);
    if (!line || !jws) continue;
    const place = namePlace(['lines', index]);
    try {
      const { node, payload } = await ring.verify(jws, SIGNED_TYPES.partyWord, new Date(0));
      const { data: word } = partyWordSchema.safeParse(payload);
      const party = file?.joint?.parties.find((p) => p.number === word?.party);
      if (word && party && opened !== null && node === word.node && saysTheSame(line, word, party, opened)) continue;
      const message = `${node} signed something else than line ${index + 1} says it did.`;
      faults.push({ place, part: 'content', code: 'SIGNATURE_INVALID', message });
    } catch (error) {
      faults.push(faultOf(place, error));
    }
  }
  return faults;
}

/** If a line rests on the closing of a node, the node's parent must have signed exactly this. */
async function closingFaults(ring: KeyRing, lines: readonly (LogLine | null)[]): Promise<ExportFault[]> {
  const faults: ExportFault[] = [];
  for (const [index, line] of lines.entries()) {
    if (line?.action !== 'SUCCEEDED') continue;
    const { node, successor, closing } = line.data;
    const [learned] = await ring.learn([closing]);
    const said = learned?.document?.kind === 'CLOSING' ? learned.document.content : null;
    if (learned?.state === 'BELIEVED' && said?.node === node && said.successor === successor) continue;
    const waiting = learned?.state === 'WAITING';
    faults.push({
      place: namePlace(['lines', index]),
      part: waiting ? 'key' : 'content',
      code: waiting ? 'KEY_UNKNOWN' : 'SIGNATURE_INVALID',
      message: `Line ${index + 1} says that ${successor} took the place of ${node}, and its parent did not.`,
    });
  }
  return faults;
}

/** The readable steps must say what the signed lines say, and nothing else. */
function stepFaults(lines: readonly (LogLine | null)[], { steps }: CaseExport): ExportFault[] {
  if (!steps) return [];
  const fault = (place: string, message: string): ExportFault => ({
    place,
    part: 'content',
    code: 'MESSAGE_INVALID',
    message,
  });
  if (steps.length !== lines.length)
    return [fault('steps', `${steps.length} steps stand beside ${lines.length} lines.`)];
  return steps.flatMap((step, index) => {
    const line = lines[index];
    const path = line ? unfaithful(step, line) : null;
    if (path === null) return [];
    return [fault(namePlace(['steps', index]), `Its ${path} is not what line ${index + 1} says.`)];
  });
}

function folds(lines: readonly LogLine[]): boolean {
  try {
    foldLog(lines);
    return true;
  } catch {
    return false;
  }
}

async function checkApplication(
  file: CaseFile | null,
  { application }: CaseExport,
  faults: ExportFault[],
): Promise<void> {
  if (application === null || !file) return;
  if ((await sha256Hex(application)) === file.application) return;
  const message = 'The application is not the one the log names.';
  faults.push({ place: 'application', part: 'digest', code: 'CHAIN_BROKEN', message });
}

/** @returns how many bytes of materials were checked */
async function checkMaterials(file: CaseFile | null, content: CaseExport, faults: ExportFault[]): Promise<number> {
  let bytes = 0;
  if (file && file.materials.length !== content.materials.length) {
    const message = `The log names ${file.materials.length} materials, the export ${content.materials.length}.`;
    faults.push({ place: 'materials', part: 'content', code: 'MATERIAL_CORRUPT', message });
  }
  for (const [index, material] of content.materials.entries()) {
    const place = namePlace(['materials', index]);
    const named = file?.materials[index];
    const { content: text, ...said } = material;
    const same =
      !named ||
      (['name', 'fileName', 'mediaType', 'sha256', 'size'] as const).every((member) => named[member] === said[member]);
    if (!same) {
      const message = `The log names another material here: ${named.name}, ${named.sha256}.`;
      faults.push({ place, part: 'digest', code: 'MATERIAL_CORRUPT', message });
    }
    if (text === null) continue;
    const decoded = decodeBase64(text);
    bytes += decoded?.length ?? 0;
    const digest = named?.sha256 ?? said.sha256;
    if (!decoded || decoded.length !== said.size || (await sha256Hex(decoded)) !== digest) {
      const message = `The bytes of ${said.name} are not those that were handed in.`;
      faults.push({ place, part: 'bytes', code: 'MATERIAL_CORRUPT', message });
    }
  }
  return bytes;
}

/** The bytes; null for text that is not the one base64 form of any. */
function decodeBase64(text: string): Uint8Array | null {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (c) => c.codePointAt(0) ?? 0) : null;
  } catch {
    return null;
  }
}

async function checkSeal(ring: KeyRing, content: CaseExport, faults: ExportFault[]): Promise<ExportSeal | null> {
  try {
    const { node, payload } = await ring.verify(content.seal, SIGNED_TYPES.export, new Date(0));
    const seal = sealSchema.safeParse(payload);
    if (!seal.success || seal.data.node !== node) {
      faults.push({
        place: 'seal',
        part: 'content',
        code: 'MESSAGE_INVALID',
        message: 'The seal says something else.',
      });
      return null;
    }
    const { lines, case: id, digest } = seal.data;
    if (lines !== content.lines.length || id !== content.case || digest !== (await sealDigest(content))) {
      const place = id === content.case ? 'seal' : 'case';
      const message = `${node} sealed ${lines} lines of ${id}, and not what stands here.`;
      faults.push({ place, part: 'digest', code: 'CHAIN_BROKEN', message });
      return null;
    }
    return seal.data;
  } catch (error) {
    faults.push(faultOf('seal', error));
    return null;
  }
}
