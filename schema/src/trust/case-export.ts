import { z } from 'zod';
import { divisionCodeSchema, materialSchema, sha256Schema } from '../case/log-line.ts';
import { sha256Hex } from './digest.ts';

export const CASE_EXPORT_FORMAT = 'liandong-case-export';

/** A material of the log; its bytes (base64) where they were exported too. */
const exportedMaterialSchema = z.strictObject({ ...materialSchema.shape, content: z.string().nullable() });
export type ExportedMaterial = z.infer<typeof exportedMaterialSchema>;

/**
 * 办件存证: a case with all that is needed to verify it offline against the root's public key. The order of the members
 * is the order in the file.
 */
const caseExportSchema = z.strictObject({
  format: z.literal(CASE_EXPORT_FORMAT),
  v: z.literal(1),
  case: z.string().min(1),
  /** The log, each line as it was signed. */
  lines: z.array(z.string()).min(1),
  /** Certificates and revocations of the keys that signed, up to the root. */
  keys: z.array(z.string()),
  /** Exact JSON text of the application; null where it was left out. */
  application: z.string().nullable(),
  materials: z.array(exportedMaterialSchema),
  /** The exporting node's signature over all the rest, see {@link sealDigest}. */
  seal: z.string(),
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
  const { format, v, case: id, lines, keys, application, materials, seal } = content;
  const inOrder = materials.map(({ name, fileName, mediaType, sha256, size, content: bytes }) => ({
    name,
    fileName,
    mediaType,
    sha256,
    size,
    content: bytes,
  }));
  return `${JSON.stringify({ format, v, case: id, lines, keys, application, materials: inOrder, seal }, null, 1)}\n`;
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
  return { place: namePlace(issue?.path ?? []), message: `Not what an export says: ${issue?.message ?? ''}.` };
}

/** Members in the order of the file. */
const MEMBERS = Object.keys(caseExportSchema.shape);

/**
 * The place in the export of a line of text in the file, for example `line 3`; lines are counted from one. It relies on
 * the lines before it being as they were written.
 */
export function placeOf(text: string, textLine: number): string {
  let member = -1;
  let entries = 0;
  let list = false;
  let inside = false;
  for (const line of text.split('\n').slice(1, textLine)) {
    if (!list) {
      member++;
      [entries, list, inside] = [0, line.endsWith('['), false];
    } else if (line.startsWith(' ]')) list = false;
    else if (line.startsWith('  }')) inside = false;
    else if (line.startsWith('  {')) [entries, inside] = [entries + 1, true];
    else if (!inside) entries++;
  }
  if (list) return namePlace([MEMBERS[member] ?? '', inside ? entries - 1 : entries]);
  return textLine === 0 ? 'file' : (MEMBERS[member + 1] ?? 'file');
}

/** `line 3`, `key 2`, `material 1`, `application`, `seal` … */
export function namePlace([member, index]: readonly PropertyKey[]): string {
  const name = String(member ?? 'file');
  return typeof index === 'number' ? `${name.replace(/s$/, '')} ${index + 1}` : name;
}

const TEXT = String.raw`"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;
const VALUE = String.raw`(?:${TEXT}|-?\d+|null)`;
const NAME = String.raw`"[a-zA-Z0-9]+"`;
/** Every text line of an export has one of these forms. */
const FORM = new RegExp(
  String.raw`^(?:[{}]| "v": \d+,| ${NAME}: (?:${TEXT},?|null,|\[|\[\],)| \],?| {2}(?:${TEXT},?|\{|\},?)| {3}${NAME}: ${VALUE},?)$`,
  'u',
);

/** The first text line that has none of the forms, counted from zero. */
function firstBrokenLine(text: string): number {
  const lines = text.split('\n');
  const found = lines.findIndex((line, index) => !FORM.test(line) && !(line === '' && index === lines.length - 1));
  return found === -1 ? lines.length - 1 : found;
}
