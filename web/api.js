/** The server's answer was not a yes. `status` is 0 where nobody answered. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Whether the same request may succeed later: nobody there, nobody signed in, or a passing trouble. */
  get passing() {
    return this.status === 0 || this.status >= 500 || [401, 408, 429].includes(this.status);
  }
}

const PATIENCE_MS = 15_000;

async function request(path, {patience = PATIENCE_MS, ...options} = {}) {
  let response;
  try {
    response = await fetch(path, {...options, signal: AbortSignal.timeout(patience)});
  } catch (e) {
    throw new Refusal(0, 'the server does not answer');
  }
  const body = await response.json().catch(() => ({}));
  if (response.status === 401 && path !== '/api/session') signedOut();
  if (!response.ok) {
    throw new Refusal(response.status, said(body, response));
  }
  return body;
}

/**
 * Gives each event of an answer in server-sent events to `each`, until it ends or the signal stops it.
 *
 * @throws Refusal if the server says no, at once or in the middle
 */
export async function stream(path, body, each, signal) {
  let response;
  try {
    response = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body), signal});
  } catch (failure) {
    if (signal.aborted) throw failure;
    throw new Refusal(0, 'the server does not answer');
  }
  if (response.status === 401) signedOut();
  if (!response.ok) throw new Refusal(response.status, said(await response.json().catch(() => ({})), response));
  const lines = response.body.pipeThrough(new TextDecoderStream());
  let rest = '';
  for await (const piece of pieces(lines)) {
    const events = (rest + piece).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === '[DONE]') return;
      if (!data) continue;
      const told = JSON.parse(data);
      if (told.error) throw new Refusal(500, said(told, response));
      each(told);
    }
  }
  throw new Refusal(0, 'the server broke off');
}

/** What a stream gives; not every browser lets one loop over it. */
async function* pieces(stream) {
  const reader = stream.getReader();
  for (let {done, value} = await reader.read(); !done; {done, value} = await reader.read()) yield value;
}

/** Why not: in a word of ours, or in OpenAI's form. */
const said = (body, response) => body.error?.message ?? body.error ?? `the server answered ${response.status}`;

/** Tells the page that nobody is signed in any more. */
export function signedOut() {
  dispatchEvent(new Event('signed-out'));
}

export function get(path, query) {
  return request(query ? path + '?' + new URLSearchParams(query) : path);
}

function write(method, path, body, patience) {
  return request(path, {method, patience, headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body ?? {}), keepalive: true});
}

/** @param patience milliseconds to wait for an answer, where it takes longer than usual */
export const post = (path, body, patience) => write('POST', path, body, patience);
export const remove = (path) => write('DELETE', path);

/** {name, role, local}: who is asking; no name where nobody has signed in. */
export const session = () => get('/api/session');
export const signIn = (given) => post('/api/session', given);
export const signOut = () => remove('/api/session');
/** {role}: what an invitation makes of whoever accepts it. */
export const invitation = (secret) => post('/api/invitation', {secret});
export const join = (given) => post('/api/account', given);

/** The campaigns that ask. */
export const assignments = () => get('/api/assignments');
/** Comparisons to label, without those held already. */
export const comparisons = (campaign, limit, except) => get('/api/comparisons', {campaign, limit, except: except.join(',')});
/** {answered, remaining} of whoever is signed in. */
export const standing = (campaign) => get('/api/standing', {campaign});
/** Resolves once what a labeler gave is on the server's disk: to the new standing, where it is a preference. */
export const send = ({path = '/api/preferences', ...given}) => post(path, given);
export const status = () => get('/api/status');

/** A random UUID, also where crypto.randomUUID is missing (a page over plain HTTP from another machine). */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
