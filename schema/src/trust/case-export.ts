import { z } from 'zod';
import { divisionCodeSchema, materialSchema, sha256Schema } from '../case/log-line.ts';
import type { LogLine } from '../case/log-line.ts';
import { shownEntries } from '../case/shown-data.ts';
import { sha256Hex } from './digest.ts';

export const CASE_EXPORT_FORMAT = 'liandong-case-export';

/** A material of the log; its bytes (base64) where they were exported too. */
const exportedMaterialSchema = z.strictObject({ ...materialSchema.shape, content: z.string().nullable() });
export type ExportedMaterial = z.infer<typeof exportedMaterialSchema>;

/** A step as people read it: who, where, when, and what it says by path (`opinion`, `second.name`); from its line. */
const readableStepSchema = z.record(
  z.string().regex(/^[a-zA-Z0-9.]+$/),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);
export type ReadableStep = z.infer<typeof readableStepSchema>;

/**
 * 办件存证: a case with all that is needed to verify it offline against the root's public key. The order of the members
 * is the order in the file.
 */
const caseExportShape = z.strictObject({
  format: z.literal(CASE_EXPORT_FORMAT),
  /** 2 has `steps`. */
  v: z.union([z.literal(1), z.literal(2)]),
  case: z.string().min(1),
  /** The log, each line as it was signed. */
  lines: z.array(z.string()).min(1),
  /** Certificates and revocations of the keys that signed, up to the root. */
  keys: z.array(z.string()),
  /** Exact JSON text of the application; null where it was left out. */
  application: z.string().nullable(),
  materials: z.array(exportedMaterialSchema),
  /** The readable part: one step for each line. Left out in version 1. */
  steps: z.array(readableStepSchema).optional(),
  /** The exporting node's signature over all the rest, see {@link sealDigest}. */
  seal: z.string(),
});
const caseExportSchema = caseExportShape.refine(({ v, steps }) => (v === 2) === (steps !== undefined), {
  path: ['v'],
  message: 'version 2 and no other has steps',
});
export type CaseExport = z.infer<typeof caseExportSchema>;

/** The exporting node's signed statement that this was all it held at that moment. */
export const sealSchema = z.object({
  node: divisionCodeSchema,
  at: z.iso.datetime(),
  case: z.string().min(1),
  lines: z.int().min(1),
  /** SHA-256 of the export without its seal. */
  digest: sha256Schema,
});
export type ExportSeal = z.infer<typeof sealSchema>;

/** The one text an export has: its members in order, one a text line. */
export function writeCaseExport(content: CaseExport): string {
  const { format, v, case: id, lines, keys, application, materials, steps, seal } = content;
  const inOrder = materials.map(({ name, fileName, mediaType, sha256, size, content: bytes }) => ({
    name,
    fileName,
    mediaType,
    sha256,
    size,
    content: bytes,
  }));
  const readable = steps ? { steps } : {};
  const whole = { format, v, case: id, lines, keys, application, materials: inOrder, ...readable, seal };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

/**
 * The readable part of an export: a case's steps as the graph shows them, but with numbers unmasked, since the signed
 * lines beside them have them too.
 */
export function readableSteps(lines: readonly LogLine[]): ReadableStep[] {
  return lines.map((line) => ({
    seq: line.seq,
    at: line.at,
    node: line.node,
    action: line.action,
    actor: line.actor.name,
    post: line.actor.role,
    note: line.note,
    ...Object.fromEntries(shownEntries(line).map(([path, value]) => [`data.${path}`, value])),
  }));
}

/**
 * What a readable step says otherwise than its line; null for a faithful one. A later program may show more or less of
 * a line, so a step need not say everything.
 */
export function unfaithful(step: ReadableStep, line: LogLine): string | null {
  const { seq, at, node, action, actor, note } = line;
  const head: ReadableStep = { seq, at, node, action, actor: actor.name, post: actor.role, note };
  for (const [path, value] of Object.entries(step)) {
    const [first, ...rest] = path.split('.');
    const signed = first === 'data' ? valueAt(line.data, rest) : rest.length === 0 ? head[path] : undefined;
    if (signed !== value) return path;
  }
  return null;
}

/** The value at a path of own members; undefined where there is none. */
function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    data,
  );
}

/** SHA-256 of an export without its seal. */
export function sealDigest(content: Omit<CaseExport, 'seal'>): Promise<string> {
  return sha256Hex(writeCaseExport({ ...content, seal: '' }));
}

/** Parses the text of an export. For an invalid text it returns the place and the fault. */
export function parseCaseExport(text: string): { content: CaseExport } | { place: string; message: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { place: placeOf(text, firstBrokenLine(text)), message: 'This is not JSON any more.' };
  }
  const parsed = caseExportSchema.safeParse(json);
  if (parsed.success) return { content: parsed.data };
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0) {
    const at = text.split('\n').findIndex((line) => line.startsWith(` ${JSON.stringify(issue.keys[0])}: `));
    return { place: placeOf(text, at), message: `Not what an export says: ${issue.message}.` };
  }
  return { place: namePlace(issue?.path ?? []), message: `Not what an export says: ${issue?.message ?? ''}.` };
}

/** Members in the order of the file. */
const MEMBERS = Object.keys(caseExportShape.shape);
const MEMBERS_OF_1 = MEMBERS.filter((member) => member !== 'steps');

/**
 * The place in the export of a line of text in the file, for example `line 3`; lines are counted from one. It relies on
 * the lines before it being as they were written.
 */
export function placeOf(text: string, textLine: number): string {
  let member = -1;
  let entries = 0;
  let list = false;
  let inside = false;
  const members = text.includes('\n "v": 1,') ? MEMBERS_OF_1 : MEMBERS;
  for (const line of text.split('\n').slice(1, textLine)) {
    if (!list) {
      member++;
      [entries, list, inside] = [0, line.endsWith('['), false];
    } else if (line.startsWith(' ]')) list = false;
    else if (line.startsWith('  }')) inside = false;
    else if (line.startsWith('  {')) [entries, inside] = [entries + 1, true];
    else if (!inside) entries++;
  }
  if (list) return namePlace([members[member] ?? '', inside ? entries - 1 : entries]);
  return textLine === 0 ? 'file' : (members[member + 1] ?? 'file');
}

/** `line 3`, `key 2`, `material 1`, `application`, `seal` … */
export function namePlace([member, index]: readonly PropertyKey[]): string {
  const name = String(member ?? 'file');
  return typeof index === 'number' ? `${name.replace(/s$/, '')} ${index + 1}` : name;
}

const TEXT = String.raw`"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;
const VALUE = String.raw`(?:${TEXT}|-?(?:0|[1-9]\d*)(?:\.\d+)?|true|false|null)`;
const NAME = String.raw`"[a-zA-Z0-9.]+"`;
/** Every text line of an export has one of these forms. */
const FORM = new RegExp(
  String.raw`^(?:[{}]| "v": \d+,| ${NAME}: (?:${TEXT},?|null,|\[|\[\],)| \],?| {2}(?:${TEXT},?|\{|\},?)| {3}${NAME}: ${VALUE},?)$`,
  'u',
);

/** The first text line that has none of the forms, or can't follow the one before it; counted from zero. */
function firstBrokenLine(text: string): number {
  const lines = text.split('\n');
  const found = lines.findIndex((line, index) => {
    if (line === '' && index === lines.length - 1) return false;
    return !FORM.test(line) || !follows(line, lines[index - 1]);
  });
  // a comma that became the end of a line belongs to the line before
  if (found > 0 && lines[found] === '') return found - 1;
  return found === -1 ? lines.length - 1 : found;
}

/** A list or an object is closed behind its last member, which has no comma, and nowhere else. */
function follows(line: string, before: string | undefined): boolean {
  if (before === undefined) return true;
  const more = /[[{,]$/.test(before);
  return more !== /^ *[\]}]/.test(line);
}
