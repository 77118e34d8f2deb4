// An agent in 包家村 uploads a scan in pieces, loses the connection halfway, goes on where the upload stands, and files
// an application that names it.
//   node examples/upload-a-paper.mjs
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { GATEWAY, ask, signIn } from './ask.mjs';

const FILE = `mutation ($input: FileCaseInput!) {
  fileCase(input: $input) { case { number materials { name fileName size } } errors { code message } }
}`;

const agent = await signIn('baojia-agent');
const tus = { authorization: `Bearer ${agent}`, 'tus-resumable': '1.0.0' };
const scan = Buffer.concat([Buffer.from('%PDF-1.4 '), randomBytes(1_500_000), Buffer.from('\n%%EOF')]);
const base64 = (text) => Buffer.from(text).toString('base64');

/** Sends a request of the protocol of resumable uploads (tus 1.0). */
async function send(method, path, headers, body) {
  const answer = await fetch(new URL(path, GATEWAY), { method, headers: { ...tus, ...headers }, body });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.headers;
}

const metadata = {
  filename: '户口簿.pdf',
  filetype: 'application/pdf',
  sha256: createHash('sha256').update(scan).digest('hex'),
};
const opened = await send('POST', '/uploads', {
  'upload-length': String(scan.length),
  'upload-metadata': Object.entries(metadata)
    .map(([key, value]) => `${key} ${base64(value)}`)
    .join(','),
});
const path = opened.get('location');
const piece = (offset, bytes) =>
  send('PATCH', path, { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, bytes);

await piece(0, scan.subarray(0, 600_000));
// the line is cut; later the program asks how far the upload is
const stands = Number((await send('HEAD', path)).get('upload-offset'));
console.log(`上传 ${stands} / ${scan.length} 字节, 继续`);
await piece(stands, scan.subarray(stands));

const input = {
  idempotencyKey: randomUUID(),
  item: '3310-MZ-001',
  applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
  consent: {
    givenBy: '王秀英',
    way: 'FINGERPRINT',
    scope: '代办最低生活保障',
    givenAt: new Date(Date.now() - 60_000).toISOString(),
  },
  materials: [{ name: '户口簿', upload: path.split('/').at(-1) }],
};
const { case: made, errors } = (await ask(FILE, { input }, agent)).fileCase;
if (errors.length > 0) throw new Error(`${errors[0].code}: ${errors[0].message}`);
for (const { name, fileName, size } of made.materials) console.log(`${made.number}  ${name} ${fileName} ${size} 字节`);
