import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { DEMO_HOSTS, DEMO_PASSWORD, DEMO_PEOPLE } from '../federation/demo-plan.ts';
import { FORWARD_CASE } from '../federation/documents.ts';
import { Client } from '../federation/client.ts';
import { Federation } from '../federation/federation.ts';
import { Journey, lowIncome, scan } from '../federation/journeys.ts';
import type { Machine } from './machine.ts';
import { machine } from './machine.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';
import { ThinLine } from './thin-line.ts';

/** A township's line: bits a second, and its delay one way, ms. */
const RATE = 10_000_000;
const DELAY_MS = 20;
/** Most that a first page may take, ms. */
const MOST_MS = 2_000;
const DESKS = ['331000', '331022', '331022103', '331022103201'];
const TOWNSHIP = '331022103';
const HOSTS = ['city', 'county', 'tingpang', 'baojia'];
const PAPERS = `query ($case: ID!) { casePapers(case: $case) { name sha256 size } }`;
const ADDRESS = `query ($case: ID!, $sha256: String!) { paperAddress(case: $case, sha256: $sha256) { path } }`;

export interface FirstPageOptions {
  /** Times that every paper is opened. */
  rounds: number;
}

/** One paper over the thin line. */
interface Opened {
  paper: string;
  bytes: number;
  /** From the click to the last byte of the first page's picture: the first reader, and those after. */
  firstMs: number;
  againMs: Times;
  pageBytes: number;
  /** The whole paper over the same line. */
  wholeMs: number;
  /** The whole paper's time to the first page's at its first reader. */
  ratio: number;
}

export interface FirstPageResult extends FirstPageOptions {
  bench: 'first-page';
  ok: boolean;
  machine: Machine;
  line: { bitsPerSecond: number; delayMs: number };
  papers: Opened[];
}

/** Opens papers of several kinds at the township over a line of 10 Mbit/s: first pages, and beside them the whole. */
export async function firstPage(options: FirstPageOptions, tell: (line: string) => void): Promise<FirstPageResult> {
  const federation = await Federation.start({
    plan: {
      hosts: DEMO_HOSTS.filter(({ id }) => HOSTS.includes(id)),
      people: DEMO_PEOPLE.filter(({ division }) => DESKS.includes(division)),
    },
    gatewayPort: null,
    durable: true,
    path: process.env['PATH'] ?? '',
    progress: (name, ms) => (ms === null ? undefined : tell(`${name}: ${ms} ms`)),
  });
  const line = await ThinLine.listen(Number(new URL(federation.gatewayUrl).port), RATE, DELAY_MS);
  try {
    const id = await caseWithPapers(federation, tell);
    const reader = await Client.login(`http://127.0.0.1:${line.port}`, 'tingpang-clerk', DEMO_PASSWORD);
    const { casePapers } = await reader.get<{ casePapers: { name: string; sha256: string; size: number }[] }>(PAPERS, {
      case: id,
    });
    const papers: Opened[] = [];
    for (const { name, sha256, size } of casePapers) {
      papers.push(await opened(reader, { case: id, sha256 }, { paper: name, bytes: size }, options.rounds));
      tell(JSON.stringify(papers.at(-1)));
    }
    return {
      bench: 'first-page',
      ok: papers.every(({ firstMs, pageBytes }) => firstMs <= MOST_MS && pageBytes <= 1_000_000),
      machine: machine(),
      ...options,
      line: { bitsPerSecond: RATE, delayMs: DELAY_MS },
      papers,
    };
  } finally {
    await line.close();
    await federation.stop();
  }
}

/** A case at the township with papers as people hand them in: a long scan, a photograph, a large picture, a form. */
async function caseWithPapers(federation: Federation, tell: (line: string) => void): Promise<string> {
  const agent = await federation.as('baojia-agent');
  tell('drawing papers');
  const photo = await noise(4_000, 3_000, 'jpeg');
  const files = {
    最低生活保障申请书: { fileName: 'scan.pdf', mediaType: 'application/pdf', bytes: await scannedPages(15) },
    身份证明: { fileName: 'photo.jpg', mediaType: 'image/jpeg', bytes: photo },
    家庭经济状况核对授权书: { fileName: 'large.png', mediaType: 'image/png', bytes: await noise(2_480, 2_300, 'png') },
  };
  const uploaded = [];
  for (const [name, file] of Object.entries(files)) {
    tell(`uploading ${name}: ${file.bytes.length} bytes`);
    uploaded.push({ name, upload: await agent.upload(file) });
  }
  const journey = new Journey(federation, () => undefined);
  await journey.file('baojia-agent', 'filed', { ...lowIncome(), materials: [...uploaded, scan('户口簿', 2_000)] });
  await journey.step('baojia-agent', 'sent up', FORWARD_CASE);
  await journey.arrives('tingpang-clerk', TOWNSHIP, 'arrived');
  return journey.id;
}

async function opened(
  reader: Client,
  key: { case: string; sha256: string },
  about: Pick<Opened, 'paper' | 'bytes'>,
  rounds: number,
): Promise<Opened> {
  let pageBytes = 0;
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const began = performance.now();
    const { paperAddress } = await reader.get<{ paperAddress: { path: string } }>(ADDRESS, key);
    pageBytes = await read(reader, `${paperAddress.path}/1`);
    times.push(performance.now() - began);
  }
  const [first = 0, ...again] = times;
  const { paperAddress } = await reader.get<{ paperAddress: { path: string } }>(ADDRESS, key);
  const began = performance.now();
  await read(reader, paperAddress.path);
  const wholeMs = performance.now() - began;
  return {
    ...about,
    firstMs: round(first),
    againMs: timesOf(again),
    pageBytes,
    wholeMs: round(wholeMs),
    ratio: round(wholeMs / first, 1),
  };
}

/** @returns how many bytes came */
async function read(reader: Client, path: string): Promise<number> {
  const answer = await reader.open(path);
  if (!answer.ok) throw new Error(`paper is not shown: ${answer.status} ${await answer.text()}`);
  return (await answer.arrayBuffer()).byteLength;
}

/** A picture that compresses badly: soft noise, harder than the grain of photographed paper. */
async function noise(width: number, height: number, format: 'jpeg' | 'png'): Promise<Buffer> {
  const small = { width: Math.ceil(width / 3), height: Math.ceil(height / 3), channels: 3 } as const;
  const picture = sharp(randomBytes(small.width * small.height * 3), { raw: small }).resize(width, height);
  return format === 'jpeg' ? picture.jpeg({ quality: 85 }).toBuffer() : picture.png().toBuffer();
}

/** A scan of many pages, each one a picture of its own, in one PDF (ISO 32000-1, 7.5 and 8.9.5). */
async function scannedPages(count: number): Promise<Buffer> {
  const [width, height] = [1_240, 1_754];
  const objects: Buffer[] = [];
  const add = (text: string, stream?: Buffer) =>
    objects.push(
      stream
        ? Buffer.concat([
            Buffer.from(`${text.replace('>>', `/Length ${stream.length} >>`)}\nstream\n`),
            stream,
            Buffer.from('\nendstream'),
          ])
        : Buffer.from(text),
    );
  const pageOf = (n: number) => 3 + 3 * n;
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(
    `<< /Type /Pages /Kids [${Array.from({ length: count }, (_, n) => `${pageOf(n)} 0 R`).join(' ')}] /Count ${count} >>`,
  );
  for (let n = 0; n < count; n++) {
    const at = pageOf(n);
    const resources = `<< /XObject << /P ${at + 2} 0 R >> >>`;
    add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${at + 1} 0 R /Resources ${resources} >>`);
    add('<< >>', Buffer.from('595 0 0 842 0 0 cm /P Do'));
    const picture = await noise(width, height, 'jpeg');
    add(
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode >>`,
      picture,
    );
  }
  return pdfOf(objects);
}

function pdfOf(objects: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  let length = parts[0]?.length ?? 0;
  const offsets: number[] = [];
  for (const [i, object] of objects.entries()) {
    offsets.push(length);
    const part = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}
