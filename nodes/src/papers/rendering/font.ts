import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';

/** 思源黑体 (Noto Sans SC): simplified Chinese with Latin letters and digits, under the SIL Open Font License. */
const FILE = '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff';

/** The font of print sheets, as OpenType: a PDF can't take the compressed form in which packages carry it. */
export function sheetFont(): Buffer {
  return sfntOf(readFileSync(createRequire(import.meta.url).resolve(FILE)));
}

/** Unpacks a font from WOFF (W3C WOFF File Format 1.0 §3–5). */
function sfntOf(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, i) => {
    const at = 44 + 20 * i;
    const [offset, packed, size] = [woff.readUInt32BE(at + 4), woff.readUInt32BE(at + 8), woff.readUInt32BE(at + 12)];
    const bytes = woff.subarray(offset, offset + packed);
    const content = packed < size ? inflateSync(bytes) : bytes;
    return { tag: woff.subarray(at, at + 4), checksum: woff.subarray(at + 16, at + 20), content };
  });
  const directory = [headOf(woff.subarray(4, 8), count)];
  const contents: Buffer[] = [];
  let offset = 12 + 16 * count;
  for (const { tag, checksum, content } of tables) {
    const place = Buffer.alloc(8);
    place.writeUInt32BE(offset);
    place.writeUInt32BE(content.length, 4);
    directory.push(tag, checksum, place);
    const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
    contents.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([...directory, ...contents]);
}

/** The head of an OpenType file (ISO/IEC 14496-22 §4.5.1). */
function headOf(flavor: Buffer, tables: number): Buffer {
  const power = Math.floor(Math.log2(tables));
  const range = 16 * 2 ** power;
  const head = Buffer.alloc(12);
  flavor.copy(head);
  [tables, range, power, tables * 16 - range].forEach((n, i) => head.writeUInt16BE(n, 4 + 2 * i));
  return head;
}
