/** The server's answer was not a yes. `status` is 0 where nobody answered. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Whether the same request may succeed later: nobody there, or a passing trouble. */
  get passing() {
    return this.status === 0 || this.status >= 500 || this.status === 408 || this.status === 429;
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
  if (!response.ok) {
    throw new Refusal(response.status, body.error ?? `the server answered ${response.status}`);
  }
  return body;
}

/** Comparisons for this labeler, without those held already. */
export function comparisons(labeler, limit, except) {
  return request('/api/comparisons?' + new URLSearchParams({labeler, limit, except: except.join(',')}));
}

/** {answered, remaining} of this labeler. */
export function standing(labeler) {
  return request('/api/standing?' + new URLSearchParams({labeler}));
}

/** Resolves to the new standing once the preference is on the server's disk. */
export function send(preference) {
  return request('/api/preferences', {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(preference),
    keepalive: true,
  });
}

export function status() {
  return request('/api/status');
}
