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

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, {...options, signal: AbortSignal.timeout(15000)});
  } catch (e) {
    throw new Refusal(0, 'the server does not answer');
  }
  const body = await response.json().catch(() => ({}));
  if (response.status === 401 && path !== '/api/session') signedOut();
  if (!response.ok) {
    throw new Refusal(response.status, body.error ?? `the server answered ${response.status}`);
  }
  return body;
}

/** Tells the page that nobody is signed in any more. */
export function signedOut() {
  dispatchEvent(new Event('signed-out'));
}

export function get(path, query) {
  return request(query ? path + '?' + new URLSearchParams(query) : path);
}

function write(method, path, body) {
  return request(path, {method, headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body ?? {}), keepalive: true});
}

export const post = (path, body) => write('POST', path, body);
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
