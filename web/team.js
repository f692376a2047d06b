import {h} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Form, Header, may, moment, open} from './shell.js';

const html = htm.bind(h);
const ROLES = ['viewer', 'labeler', 'lead', 'admin'];
const MEANS = {
  viewer: 'reads what became of the labels',
  labeler: 'labels',
  lead: 'makes campaigns, sees everyone’s labels, starts runs',
  admin: 'decides who may do what',
};

function People({people, account, changed, refused}) {
  const set = (person, role, active) => api.post(`/api/people/${person.id}`, {role, active}).then(changed, refused);
  return html`
    <section>
      <h2>People</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="People"><table>
        <thead><tr><th>Name</th><th>Role</th><th>Since</th><th><span class="spoken">Shut out</span></th></tr></thead>
        <tbody>${people.map((person) => html`
          <tr key=${person.id} class=${person.active ? '' : 'out'}>
            <th scope="row">${person.name}</th>
            <td>${may(account, 'admin')
              ? html`<select aria-label=${'Role of ' + person.name} value=${person.role} onChange=${(event) => set(person, event.target.value, person.active)}>
                  ${ROLES.map((role) => html`<option value=${role}>${role}</option>`)}</select>`
              : person.role}</td>
            <td>${moment(person.created_at)}</td>
            <td>${may(account, 'admin') && person.name !== account.name && html`
              <button class="quiet" onClick=${() => set(person, person.role, !person.active)}>${person.active ? 'Shut out' : 'Let in again'}</button>`}</td>
          </tr>`)}</tbody>
      </table></div>
      <p class="facts">Nobody is deleted: what someone said stays theirs. Who is shut out can no longer sign in.</p>
    </section>`;
}

function Invitations({open: waiting, account, changed, refused}) {
  const [link, setLink] = useState(null);
  const [role, setRole] = useState('labeler');
  const invite = () => api.post('/api/invitations', {role}).then((made) => {
    setLink(`${location.origin}/#invitation=${made.secret}`);
    changed();
  }, refused);
  return html`
    <section>
      <h2>Invite someone</h2>
      <div class="row">
        <select aria-label="Role" value=${role} onChange=${(event) => setRole(event.target.value)}>
          ${ROLES.filter((one) => may(account, 'admin') || !may({role: one}, 'lead')).map((one) => html`<option value=${one}>${one}: ${MEANS[one]}</option>`)}</select>
        <button class="primary" onClick=${invite}>Make a link</button>
      </div>
      ${link && html`
        <p class="made"><label for="link">Send this to one person. It works once, for a week, and is shown only now.</label>
          <input id="link" readonly value=${link} onFocus=${(event) => event.target.select()} />
          <button class="quiet" onClick=${() => navigator.clipboard?.writeText(link)}>Copy</button></p>`}
      ${waiting.length > 0 && html`
        <ul class="plain">${waiting.map((one) => html`
          <li key=${one.id}>A ${one.role}, invited by ${one.invited_by}, until ${moment(one.expires_at)}
            <button class="quiet" onClick=${() => api.remove(`/api/invitations/${one.id}`).then(changed, refused)}>Withdraw</button></li>`)}</ul>`}
    </section>`;
}

function Tokens({tokens, changed, refused}) {
  const [made, setMade] = useState(null);
  return html`
    <section>
      <h2>Your tokens for programs</h2>
      <p class="facts">A program that sends <code>Authorization: Bearer …</code> may do what you may. <a href="/openapi.json">What it can ask</a></p>
      <${Form} label="Make a token" fields=${[{name: 'token', label: 'What it is for', maxlength: 80}]} send=${async ({token}) => {
        setMade(await api.post('/api/account/tokens', {name: token}));
        changed();
      }} />
      ${made && html`<p class="made"><label for="made">Shown only now: keep it where only that program can read it.</label>
        <input id="made" readonly value=${made.token} onFocus=${(event) => event.target.select()} /></p>`}
      <ul class="plain">${tokens.map((token) => html`
        <li key=${token.id}><b>${token.name}</b>, ${token.used_at ? `last used ${moment(token.used_at)}` : 'never used'}
          <button class="quiet" onClick=${() => api.remove(`/api/account/tokens/${token.id}`).then(changed, refused)}>End it</button></li>`)}</ul>
    </section>`;
}

const EVENTS = {preference_stored: 'an answer is stored', campaign_full: 'a campaign has all its answers', campaign_closed: 'a campaign is closed',
  run_finished: 'a run is done'};

/** What became of the last delivery, in words. */
function outcome([last]) {
  if (!last) return 'told nothing yet';
  if (last.arrived) return `last told ${moment(last.made_at)}`;
  return `${last.attempts === 0 ? 'to be told now' : `${last.outcome}; ${last.next_at ? `tried again ${moment(last.next_at)}` : 'given up'}`}`;
}

function Webhooks({webhooks, changed, refused}) {
  const [made, setMade] = useState(null);
  const [events, setEvents] = useState(['preference_stored']);
  const toggle = (name) => setEvents(events.includes(name) ? events.filter((one) => one !== name) : [...events, name]);
  return html`
    <section>
      <h2>Webhooks</h2>
      <p class="facts">Another server is told what happens here: a POST of JSON, signed as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> has it, tried
        again for a day and a half. Only https, and only hosts of the internet.</p>
      <fieldset class="choices"><legend>Tell it when</legend>${Object.entries(EVENTS).map(([name, label]) => html`
        <label key=${name} class="check"><input type="checkbox" checked=${events.includes(name)} onChange=${() => toggle(name)} /> ${label}</label>`)}</fieldset>
      <${Form} label="Add a webhook" fields=${[{name: 'hook', label: 'Its URL', type: 'url', maxlength: 2000}]} send=${async ({hook}) => {
        setMade(await api.post('/api/webhooks', {url: hook, events}));
        changed();
      }} />
      ${made && html`<p class="made"><label for="secret">What it checks signatures with, shown only now</label>
        <input id="secret" readonly value=${made.secret} onFocus=${(event) => event.target.select()} /></p>`}
      <ul class="plain">${webhooks.map(({webhook, latest}) => html`
        <li key=${webhook.id}><b>${webhook.url}</b>: ${webhook.events.map((name) => EVENTS[name]).join(', ')}; ${outcome(latest)}
          <button class="quiet" onClick=${() => api.post(`/api/webhooks/${webhook.id}/test`, {}).then(changed, refused)}>Try it</button>
          <button class="quiet" onClick=${() => api.remove(`/api/webhooks/${webhook.id}`).then(changed, refused)}>Remove</button></li>`)}</ul>
    </section>`;
}

function Password() {
  const [done, setDone] = useState(false);
  return html`
    <section>
      <h2>Your password</h2>
      ${done ? html`<p role="status">It is changed, and every other session of yours has ended.</p>` : html`
        <${Form} label="Change it" send=${async (given) => {
          await api.post('/api/account/password', given);
          setDone(true);
        }} fields=${[
          {name: 'old', label: 'The old one', type: 'password', autocomplete: 'current-password'},
          {name: 'password', label: 'The new one', type: 'password', minlength: 10, autocomplete: 'new-password'},
        ]} />`}
    </section>`;
}

function Acts({acts}) {
  return html`
    <section>
      <h2>What was done</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="What was done"><table>
        <thead><tr><th>When</th><th>Who</th><th>From</th><th>What</th><th>More</th></tr></thead>
        <tbody>${acts.map((act) => html`
          <tr><td>${moment(act.at)}</td><td>${act.who}</td><td>${act.peer}</td><td>${act.what.replace('_', ' ')}</td><td>${act.details}</td></tr>`)}</tbody>
      </table></div>
    </section>`;
}

function Page({account}) {
  const [team, setTeam] = useState(null);
  const [wrong, setWrong] = useState('');
  const load = async () => {
    const asked = [api.get('/api/people'), api.get('/api/invitations'), api.get('/api/account/tokens'), api.get('/api/webhooks'),
      may(account, 'admin') ? api.get('/api/audit') : []];
    const [people, invitations, tokens, webhooks, acts] = await Promise.all(asked);
    setTeam({people, invitations, tokens, webhooks, acts});
    setWrong('');
  };
  const refused = (refusal) => setWrong(refusal.message);
  const changed = () => load().catch(refused);
  useEffect(() => { changed(); }, []);
  return html`
    <${Header} account=${account} />
    <main class="page">
      <h1>Team</h1>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${team && html`
        <${People} people=${team.people} account=${account} changed=${changed} refused=${refused} />
        <${Invitations} open=${team.invitations} account=${account} changed=${changed} refused=${refused} />
        <${Tokens} tokens=${team.tokens} changed=${changed} refused=${refused} />
        <${Webhooks} webhooks=${team.webhooks} changed=${changed} refused=${refused} />
        ${!account.local && html`<${Password} />`}
        ${may(account, 'admin') && html`<${Acts} acts=${team.acts} />`}`}
    </main>`;
}

open(Page);
