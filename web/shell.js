import {h, render} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {keep, recall} from './kept.js';

const html = htm.bind(h);
const RANKS = ['viewer', 'labeler', 'lead', 'admin'];
const PAGES = [
  {path: '/', name: 'Label', role: 'labeler'},
  {path: '/campaigns', name: 'Campaigns', role: 'lead'},
  {path: '/runs', name: 'Runs', role: 'viewer', notFor: 'labeler'}, // who labels is not to know who wrote what
  {path: '/play', name: 'Talk', role: 'viewer', notFor: 'labeler'},
  {path: '/arena', name: 'Arena', role: 'viewer'},
  {path: '/quality', name: 'Quality', role: 'lead'},
  {path: '/files', name: 'Files', role: 'lead'},
  {path: '/team', name: 'Team', role: 'lead'},
];
const AGAIN_MS = 2000;

/** Whether someone may do what a role may. */
export function may(account, role) {
  return RANKS.indexOf(account?.role) >= RANKS.indexOf(role);
}

/** When, as people say it. */
export const moment = (instant) => new Date(instant).toLocaleString('en', {dateStyle: 'medium', timeStyle: 'short'});

export function plural(count, one, many = one + 's') {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const Mark = () => html`
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="9" /><path class="down" d="M9.5 8.5v15" /><path class="over" d="M10 17.5c3-3.6 12-4.6 12 2.5v3.5" />
  </svg>`;

/** What stands above every page; its children stand in the middle. */
export function Header({account, help, children, notices}) {
  const pages = PAGES.filter((page) => may(account, page.role) && account.role !== page.notFor);
  return html`
    <header>
      <a class="brand" href="/" aria-label="Heed, start"><${Mark} /><span>Heed</span></a>
      ${pages.some((page) => page.path !== location.pathname) && html`
        <nav aria-label="Pages">${pages.map((page) => html`
          <a href=${page.path} aria-current=${location.pathname === page.path ? 'page' : undefined}>${page.name}</a>`)}</nav>`}
      ${children}
      <div class="tools">
        ${notices}
        ${account && html`
          <button class="quiet name" onClick=${signOut} title="Sign out" aria-label=${account.name + ': sign out'}
            data-initial=${[...account.name][0].toUpperCase()}><span>${account.name}</span></button>`}
        <button class="quiet icon" aria-label="Light or dark theme (T)" title="Light or dark (T)" onClick=${() => window.toggleTheme()}>
          <svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7" /><path d="M10 3a7 7 0 0 1 0 14z" /></svg></button>
        ${help && html`<button class="quiet icon" aria-label="Help (question mark)" title="Help (?)" onClick=${help}>?</button>`}
      </div>
    </header>`;
}

async function signOut() {
  keep('heed.account', null);
  await api.signOut().catch(() => {});
  api.signedOut();
}

/** A form of labelled fields that sends itself and says what was wrong. */
export function Form({fields, send, label}) {
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  useEffect(() => form.current.closest('.start')?.querySelector('input')?.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await send(Object.fromEntries(new FormData(form.current)));
      setWrong('');
    } catch (refusal) {
      setWrong(refusal.message);
    } finally {
      setBusy(false);
    }
  };
  return html`
    <form ref=${form} onSubmit=${submit}>
      ${fields.map((field) => html`
        <label for=${field.name}>${field.label}</label>
        ${field.choices
          ? html`<select id=${field.name} name=${field.name}>${field.choices.map((one) => html`<option value=${one.value}>${one.label}</option>`)}</select>`
          : html`<input id=${field.name} name=${field.name} type=${field.type ?? 'text'} autocomplete=${field.autocomplete ?? 'off'}
          maxlength=${field.maxlength ?? 200} minlength=${field.minlength} required defaultValue=${field.value ?? ''} />`}`)}
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      <button class="primary" aria-busy=${busy}>${label}</button>
    </form>`;
}

function SignIn({session, status, entered}) {
  const name = {name: 'name', label: 'Your name', maxlength: 80, autocomplete: 'username', value: recall('heed.name', '')};
  const password = {name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password'};
  return html`
    <main class="start">
      <h1>Which answer is better?</h1>
      <p class="lead">You read what was asked and two answers to it, and say which is better, and by how much.
        A model learns from what you say.</p>
      <${Form} key=${session.local} label=${session.local ? 'Start' : 'Sign in'} fields=${session.local ? [name] : [name, password]}
        send=${async (given) => entered(await api.signIn(given))} />
      ${status && html`<p class="facts">
        ${status.comparisons === 0 ? 'There is nothing to compare yet.' : `${plural(status.comparisons, 'comparison')} so far, ${status.answered.toLocaleString('en')} answered.`}
        ${session.local && status.report && html` <a href="/report">Read the report</a>`}</p>`}
    </main>`;
}

function Join({secret, entered, leave}) {
  const [role, setRole] = useState(null);
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    api.invitation(secret).then((given) => setRole(given.role), (refusal) => setWrong(refusal.message));
  }, []);
  if (wrong) {
    return html`<main class="start"><h1>This link is no good</h1><p class="lead">${wrong}.</p>
      <p><button class="quiet" onClick=${leave}>Sign in instead</button></p></main>`;
  }
  return role && html`
    <main class="start">
      <h1>Welcome</h1>
      <p class="lead">You are invited as ${role === 'admin' ? 'an' : 'a'} ${role}. Choose a name, which the others see, and a password of ten characters or more.</p>
      <${Form} label="Join" send=${async (given) => entered(await api.join({secret, ...given}))} fields=${[
        {name: 'name', label: 'Your name', maxlength: 80, autocomplete: 'username'},
        {name: 'password', label: 'Password', type: 'password', minlength: 10, autocomplete: 'new-password'},
      ]} />
    </main>`;
}

/** Lets in whoever has signed in; where a session ends in the middle, the page stays as it is behind the door. */
function Gate({view}) {
  const [session, setSession] = useState(null);
  const [invitation, setInvitation] = useState(/^#invitation=([\w-]+)$/.exec(location.hash)?.[1]);
  const [status, setStatus] = useState(null);
  const account = session?.name ? session : null;
  const last = useRef(null);
  if (account) last.current = account;

  useEffect(() => {
    let timer;
    const ask = () => api.session().then(setSession, () => {
      const known = recall('heed.account');
      if (known) setSession(known); // the server is away: go on as before
      timer = setTimeout(ask, AGAIN_MS);
    });
    ask();
    const out = () => setSession((now) => ({name: null, role: null, local: now?.local ?? false}));
    addEventListener('signed-out', out);
    return () => {
      removeEventListener('signed-out', out);
      clearTimeout(timer);
    };
  }, []);
  useEffect(() => {
    if (session && !account) api.status().then(setStatus, () => {});
  }, [account === null]);

  useThemeKey(!account); // behind the door, pages have keys of their own

  const entered = (given) => {
    keep('heed.name', given.name);
    keep('heed.account', given);
    if (invitation) history.replaceState(null, '', location.pathname);
    setInvitation(null);
    setSession(given);
  };
  const shown = last.current;
  return html`
    ${session && !account && html`
      <${Header} />
      ${invitation
        ? html`<${Join} secret=${invitation} entered=${entered} leave=${() => setInvitation(null)} />`
        : html`<${SignIn} session=${session} status=${status} entered=${entered} />`}`}
    ${shown && html`<div class="inside" hidden=${!account} key=${shown.name}><${view} account=${shown} /></div>`}
  `;
}

/** Styles of one page alone, there before anything is drawn. */
export function style(href) {
  return new Promise((loaded) => {
    const link = document.createElement('link');
    Object.assign(link, {rel: 'stylesheet', href, onload: loaded, onerror: loaded});
    document.head.append(link);
  });
}

/** T, outside of fields, changes between light and dark while `wanted`. */
export function useThemeKey(wanted = true) {
  useEffect(() => {
    const onKey = (event) => {
      if (wanted && event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey && !event.target.closest?.('input, textarea, select')) window.toggleTheme();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [wanted]);
}

/** Shows a page to whoever may see it. */
export function open(view) {
  render(html`<${Gate} view=${view} />`, document.getElementById('page'));
}
