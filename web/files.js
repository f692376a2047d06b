import {h} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Header, open, plural} from './shell.js';

const html = htm.bind(h);
const LOOK_MS = 500;
const FORMATS = {events: 'Heed’s events', preferences: 'preferences, TRL, HH', demonstrations: 'demonstrations', prompts: 'prompts',
  pandalm: 'PandaLM', tulu: 'Tulu’s human evaluation', 'open-assistant': 'OpenAssistant’s trees'};
const ENDINGS = {jsonl: 'JSON lines', csv: 'CSV'};

const megabytes = (bytes) => (bytes / 2 ** 20).toLocaleString('en', {maximumFractionDigits: 1});

/** Files by shape: {events: {what, endings: ['jsonl', 'csv']}}. */
function shapes(files) {
  const found = new Map();
  for (const {name, what} of files) {
    const [shape, ending] = name.split('.');
    if (ending !== 'zip') found.set(shape, {what, endings: [...(found.get(shape)?.endings ?? []), ending]});
  }
  return [...found];
}

function Out({files, campaigns}) {
  const [campaign, choose] = useState('all');
  const query = campaign === 'all' ? '' : '?' + new URLSearchParams({campaign});
  return html`
    <section>
      <h2>Take out</h2>
      <p class="facts">Who said what stands in these files. A zip file has all of them, with a manifest that says how many rows each has and its hash;
        “events” alone tells another Heed everything.</p>
      <div class="row">
        <label for="campaign">Asked in</label>
        <select id="campaign" value=${campaign} onChange=${(event) => choose(event.target.value)}>
          <option value="all">all campaigns</option>
          ${campaigns.map(({campaign: one}) => html`<option value=${one.id === 1 ? '' : one.name}>${one.name}</option>`)}</select>
        <a class="primary" href=${'/api/exports/all.zip' + query} download>Everything (.zip)</a>
      </div>
      <div class="scroll" tabindex="0" role="region" aria-label="Files to take out"><table>
        <thead><tr><th>File</th><th>What it has</th><th>As</th></tr></thead>
        <tbody>${shapes(files).map(([shape, {what, endings}]) => html`
          <tr key=${shape}><th scope="row">${shape}</th><td class="what">${what}</td>
            <td>${endings.map((ending) => html`<a class="download" href=${`/api/exports/${shape}.${ending}${query}`} download
              aria-label=${`${shape} as ${ENDINGS[ending]}`}>${ENDINGS[ending]}</a>`)}</td></tr>`)}</tbody>
      </table></div>
    </section>`;
}

/** Sends the file, telling how far it is; resolves to the answer's status and body. */
function send(file, query, sent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how far a body is
    request.open('POST', '/api/imports?' + new URLSearchParams(query));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = ({loaded, total}) => sent(loaded / total);
    request.onload = () => resolve({status: request.status, body: request.response ?? {}});
    request.onerror = () => reject(new Error('the server does not answer'));
    request.send(file);
  });
}

function Progress({name, share, rows}) {
  const said = share < 1 ? `Sending ${name}: ${Math.floor(100 * share)} %` : `Reading ${name}: ${plural(rows, 'row')}`;
  return html`<div class="far" role="status"><p>${said}</p><progress max="1" value=${share < 1 ? share : undefined} aria-label=${said}></progress></div>`;
}

function BadRows({bad, more}) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Rows that could not be taken"><table>
      <thead><tr><th>Line</th><th>What is wrong</th></tr></thead>
      <tbody>${bad.map((one) => html`<tr><th scope="row">${one.line.toLocaleString('en')}</th><td class="what">${one.reason}</td></tr>`)}</tbody>
    </table></div>
    ${more > 0 && html`<p class="facts">… and ${more.toLocaleString('en')} more.</p>`}`;
}

function In({formats, most}) {
  const [state, setState] = useState({});
  const [format, setFormat] = useState('');
  const [skip, setSkip] = useState(false);
  const {file, share, rows = 0, said, wrong, bad = [], skipped = 0} = state;
  const busy = share !== undefined;
  useEffect(() => {
    if (!busy || share < 1) return undefined;
    const timer = setInterval(() => api.get('/api/files').then(({reading}) => {
      if (reading) setState((now) => (now.share === undefined ? now : {...now, rows: reading.rows}));
    }, () => {}), LOOK_MS);
    return () => clearInterval(timer);
  }, [busy, share === 1]);
  const bring = async (event) => {
    event.preventDefault();
    if (busy || !file) return;
    if (file.size > most) return setState({file, wrong: `${file.name} has ${megabytes(file.size)} MB, the page takes ${megabytes(most)}; ./heed import takes any`});
    setState({file, share: 0});
    try {
      const {status, body} = await send(file, {name: file.name, format, skip_invalid: skip}, (share) => setState((now) => ({...now, share})));
      if (status === 401) api.signedOut();
      setState(status === 200 ? {file, said: body.said, bad: body.bad, skipped: body.skipped} : {file, wrong: body.error ?? `the server answered ${status}`, bad: body.bad, skipped: body.skipped});
    } catch (refusal) {
      setState({file, wrong: refusal.message});
    }
  };
  return html`
    <section>
      <h2>Bring in</h2>
      <p class="facts">JSON lines, a JSON list or CSV, packed as .gz or not, or a zip file from above. If a row is bad, nothing is taken. What is there
        already is not added again.</p>
      <form class="fields" onSubmit=${bring}>
        <label for="file">File</label>
        <input id="file" type="file" accept=".jsonl,.json,.csv,.gz,.zip" disabled=${busy} onChange=${(event) => setState({file: event.target.files[0]})} />
        <label for="format">Format</label>
        <select id="format" value=${format} onChange=${(event) => setFormat(event.target.value)}>
          <option value="">as its first row tells</option>
          ${formats.map((one) => html`<option value=${one}>${FORMATS[one] ?? one}</option>`)}</select>
        <span></span>
        <label class="check"><input type="checkbox" checked=${skip} onChange=${(event) => setSkip(event.target.checked)} /> Leave bad rows out, take the rest</label>
        <span></span>
        <div class="row"><button class="primary" disabled=${!file || busy}>Bring it in</button></div>
      </form>
      ${busy && html`<${Progress} name=${file.name} share=${share} rows=${rows} />`}
      ${said && html`<p role="status">${file.name}: ${said}.</p>`}
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${bad.length > 0 && html`<${BadRows} bad=${bad} more=${skipped - bad.length} />`}
    </section>`;
}

function Page({account}) {
  const [here, setHere] = useState(null);
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    Promise.all([api.get('/api/files'), api.get('/api/campaigns')]).then(([{table}, campaigns]) => setHere({table, campaigns}), (refusal) => setWrong(refusal.message));
  }, []);
  return html`
    <${Header} account=${account} />
    <main class="page">
      <h1>Files</h1>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${here && html`
        <${Out} files=${here.table.files} campaigns=${here.campaigns} />
        <${In} formats=${here.table.formats} most=${here.table.most_bytes} />`}
    </main>`;
}

open(Page);
