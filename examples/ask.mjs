// What the examples share: sign in, and ask the gateway of `npm run demo`.

import { createHash } from 'node:crypto';

/** Address of the gateway: LIANDONG_URL, or the demo's. */
export const GATEWAY = process.env.LIANDONG_URL ?? 'http://127.0.0.1:4000';

/**
 * Signs one of the demo's people in.
 * @param {string} username e.g. `baojia-agent`; every demo person has the password `liandong`
 * @returns {Promise<string>} the token
 */
export async function signIn(username, password = 'liandong') {
  const body = new URLSearchParams({ grant_type: 'password', username, password });
  const answer = await (await fetch(`${GATEWAY}/issuer/token`, { method: 'POST', body })).json();
  if (!answer.access_token) throw new Error(`${username}: ${answer.error_description ?? answer.code}`);
  return answer.access_token;
}

/**
 * Asks one GraphQL operation.
 * @param {string} query
 * @param {object} variables
 * @param {string | null} token null for the public
 * @returns {Promise<any>} `data`; throws the first error, with its code
 */
export async function ask(query, variables = {}, token = null) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(`${GATEWAY}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors?.length) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);
  return data;
}

/**
 * Asks one GraphQL subscription, over SSE (text/event-stream).
 * @param {string} query
 * @param {object} variables
 * @param {string} token
 * @returns {AsyncGenerator<any>} `data` of each event; throws the first error, with its code
 */
export async function* events(query, variables, token) {
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    authorization: `Bearer ${token}`,
  };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(`${GATEWAY}/graphql`, { method: 'POST', headers, body });
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event] = /^data: (.+)$/m.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (event === undefined) continue;
      const { data, errors } = JSON.parse(event);
      if (errors?.length) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);
      yield data;
    }
  }
}

/**
 * Uploads a small file in one piece (tus 1.0); `upload-a-paper.mjs` shows pieces and how to go on after a break.
 * @param {Buffer} bytes at most 512 KiB
 * @param {string} filename
 * @param {string} filetype media type
 * @param {string} token
 * @returns {Promise<string>} the id under which an operation names it
 */
export async function upload(bytes, filename, filetype, token) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const metadata = Object.entries({ filename, filetype, sha256 }).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
  );
  const tus = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
  const send = async (method, path, headers, body) => {
    const answer = await fetch(new URL(path, GATEWAY), { method, headers: { ...tus, ...headers }, body });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const opening = { 'upload-length': String(bytes.length), 'upload-metadata': metadata.join(',') };
  const path = (await send('POST', '/uploads', opening)).headers.get('location');
  const piece = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  await send('PATCH', path, piece, bytes);
  return path.split('/').at(-1);
}

/**
 * Opens an address that the graph gave: a path at the gateway, such as that of a paper.
 * @param {string} path
 * @param {string | null} token of the person it was made for; null for the public
 * @returns {Promise<Response>}
 */
export async function open(path, token = null) {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${GATEWAY}${path}`, { headers });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}
