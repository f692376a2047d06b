import {h} from 'preact';
import {useEffect, useReducer, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Curves} from './curves.js';
import {Jobs, Steps, isFor} from './jobs.js';
import {Samples} from './samples.js';
import {Header, may, moment, open, style, useThemeKey} from './shell.js';

const html = htm.bind(h);
const COLORS = 8; // as many runs are shown over each other
const REDRAW_MS = 4000; // curves in buckets are asked for anew at most this often
const AGAIN_MS = 3000;
const VIEWS = ['curves', 'samples', 'settings'];

const path = (run) => `/api/runs/${encodeURIComponent(run)}`;

/** Every run, and the curves of those that are looked at, kept up with the server. Tells `changed` whenever any of it changes. */
class Book {
  rows = new Map();
  jobs = [];
  drawn = new Map();
  #wanted = [];
  #stream = null;
  #later = new Map();

  constructor(changed) {
    this.changed = changed;
  }

  /** Follows these runs and no others. */
  async follow(runs) {
    this.#wanted = runs;
    for (const run of [...this.drawn.keys()]) if (!runs.includes(run)) this.drawn.delete(run);
    await Promise.all(runs.filter((run) => !this.drawn.has(run)).map((run) => this.#draw(run)));
    if (this.#wanted === runs) this.#listen();
  }

  async #draw(run) {
    const drawn = await api.get(path(run) + '/curves').catch(() => null);
    if (drawn && this.#wanted.includes(run)) this.drawn.set(run, drawn);
    this.changed();
  }

  #listen() {
    this.close();
    const places = [...this.drawn].map(([run, {edition, lines}]) => `${run}:${edition}:${lines}`).join(',');
    const stream = this.#stream = new EventSource('/api/events?' + new URLSearchParams({runs: places}));
    const on = (event, what) => stream.addEventListener(event, ({data}) => this.#stream === stream && what(JSON.parse(data)));
    on('rows', (rows) => {
      rows.forEach((row) => this.rows.set(row.name, row));
      this.changed();
    });
    on('jobs', (jobs) => {
      this.jobs = jobs;
      this.changed();
    });
    on('points', (news) => this.#append(news));
    on('again', ({run}) => this.#draw(run).then(() => this.#stream === stream && this.#listen()));
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => this.#stream === stream && this.#listen(), AGAIN_MS);
    };
  }

  #append({run, edition, lines, points}) {
    const drawn = this.drawn.get(run);
    if (!drawn) return;
    if (drawn.width > 1 || drawn.steps.length + points.length > 1000) {
      this.#drawLater(run, edition, lines);
      return;
    }
    for (const {step, ...values} of points) {
      const before = drawn.steps.length;
      drawn.steps.push(step ?? null);
      for (const metric of new Set([...Object.keys(drawn.curves), ...Object.keys(values)])) {
        drawn.curves[metric] ??= {mean: Array(before).fill(null), least: [], greatest: []};
        drawn.curves[metric].mean.push(values[metric] ?? null);
      }
    }
    Object.assign(drawn, {edition, lines});
    this.changed();
  }

  #drawLater(run) {
    if (this.#later.has(run)) return;
    this.#later.set(run, setTimeout(() => {
      this.#later.delete(run);
      this.#draw(run);
    }, REDRAW_MS));
  }

  close() {
    this.#stream?.close();
    this.#stream = null;
  }
}

/** Which runs are looked at and how, kept in the address: {runs, view}. */
function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  return {
    runs: given.get('runs')?.split(',').filter(Boolean).slice(0, COLORS) ?? null,
    view: VIEWS.includes(given.get('view')) ? given.get('view') : 'curves',
  };
}

function HowFar({row, resume}) {
  return html`<span class=${'state ' + row.state}>${row.state}</span> <${Steps} row=${row}>
    ${row.state === 'stopped' && resume && html`<button class="quiet" aria-label=${'Resume ' + row.name} onClick=${resume}>Resume</button>`}<//>`;
}

/** From whom: "sft (policy, reference)". */
function Origins({row}) {
  const roles = Map.groupBy ? Map.groupBy(row.origins, (one) => one.run) : row.origins.reduce((all, one) => all.set(one.run, [...(all.get(one.run) ?? []), one]), new Map());
  return html`
    ${[...roles].map(([run, all], i) => html`${i > 0 && ', '}${run} <span class="aside">${all.map((one) => one.role.replace(/_/g, ' ')).join(', ')}</span>`)}
    ${row.learned && html`${roles.size > 0 && ', '}<span title=${'SHA-256 ' + row.learned.snapshot}>preferences to ${row.learned.last.toLocaleString('en')}</span> <code>${row.learned.snapshot.slice(0, 8)}</code>`}`;
}

function List({rows, colors, toggle, resume}) {
  if (rows.length === 0) return html`<p class="facts">There are no runs yet: <code>heed demo</code> makes some, every stage has a command of its own.</p>`;
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="runs">
      <thead><tr><th><span class="spoken">Shown</span></th><th>Run</th><th>Stage</th><th>Learned from</th><th>How far</th><th>Begun</th><th><span class="spoken">Report card</span></th></tr></thead>
      <tbody>${rows.map((row) => html`
        <tr key=${row.name}>
          <td><label class="pick"><input type="checkbox" checked=${colors.has(row.name)} onChange=${() => toggle(row.name)}
            disabled=${!colors.has(row.name) && colors.size >= COLORS} /><i class=${'swatch' + (colors.has(row.name) ? ' run-' + colors.get(row.name) : '')}></i>
            <span class="spoken">Show ${row.name}</span></label></td>
          <th scope="row">${row.name}</th><td>${row.stage}</td><td><${Origins} row=${row} /></td><td class="far"><${HowFar} row=${row} resume=${resume(row.name)} /></td><td>${moment(row.begun)}</td>
          <td class="card">${row.model && html`<a href=${path(row.name) + '/card'} aria-label=${'Report card of ' + row.name}>Report card</a>`}</td>
        </tr>`)}</tbody>
    </table></div>`;
}

/** The pages that commands wrote about models. */
function Reports({reports}) {
  return reports.length > 0 && html`
    <section><h2>Reports</h2>
      <ul class="reports">${reports.map(({name, title, made}) => html`
        <li key=${name}><a href=${'/api/reports/' + encodeURIComponent(name)}>${title}</a> <span class="facts">${name} · ${moment(made)}</span></li>`)}</ul></section>`;
}

/** The runs that one came from, first ones first, itself last. */
function line(name, rows, found = []) {
  const row = rows.get(name);
  if (!row || found.includes(row)) return found;
  row.origins.forEach((one) => line(one.run, rows, found));
  found.push(row);
  return found;
}

function Lineage({name, rows}) {
  const way = line(name, rows);
  return way.length > 1 && html`
    <ol class="lineage" aria-label=${'What led to ' + name}>${way.map((row) => html`
      <li key=${row.name}><b>${row.name}</b>${row.learned && html`<span>${row.learned.last.toLocaleString('en')} preferences</span>`}</li>`)}</ol>`;
}

const flat = (value, at = '') => (value !== null && typeof value === 'object' && !Array.isArray(value)
  ? Object.entries(value).flatMap(([name, inner]) => flat(inner, at ? `${at}.${name}` : name))
  : [[at, JSON.stringify(value) ?? '']]);

/** What went into runs, side by side, what differs marked. */
function Settings({runs, colors, seen}) {
  const [whole, setWhole] = useState([]);
  const [all, setAll] = useState(false);
  useEffect(() => {
    let current = true;
    Promise.all(runs.map((run) => api.get(path(run)))).then((got) => current && setWhole(got), () => {});
    return () => { current = false; };
  }, [runs.join(), seen]);
  if (whole.length === 0) return null;
  const tables = whole.map(({settings, config, heed, words, result}) => new Map(flat({command: words.join(' '), settings, config, heed, result: result ?? 'none yet'})));
  const names = [...new Set(tables.flatMap((one) => [...one.keys()]))];
  const differs = (name) => new Set(tables.map((one) => one.get(name))).size > 1;
  const shown = names.filter((name) => all || tables.length === 1 || differs(name));
  return html`
    ${tables.length > 1 && html`<div class="row looks"><label class="tick"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> Also what is the same</label></div>`}
    <div class="scroll" tabindex="0" role="region" aria-label="Settings"><table class="settings">
      <thead><tr><th>Setting</th>${whole.map(({name}) => html`<th key=${name}><i class=${'swatch run-' + colors.get(name)}></i> ${name}</th>`)}</tr></thead>
      <tbody>${shown.map((name) => html`
        <tr key=${name} class=${tables.length > 1 && differs(name) ? 'differs' : ''}><th scope="row">${name}</th>${tables.map((one) => html`<td>${one.get(name) ?? 'absent'}</td>`)}</tr>`)}</tbody>
    </table></div>
    ${shown.length === 0 && html`<p class="facts">They do not differ.</p>`}`;
}

/** What is shown first: what is running, or else the last that learned. */
function firstChoice(rows) {
  const learned = rows.filter((row) => row.steps > 0 || row.state === 'running');
  const running = learned.filter((row) => row.state === 'running');
  return (running.length ? running : learned.slice(-1)).slice(0, COLORS).map((row) => row.name);
}

function useColors() {
  const colors = useRef(new Map());
  return (runs) => {
    for (const run of [...colors.current.keys()]) if (!runs.includes(run)) colors.current.delete(run);
    for (const run of runs) {
      if (colors.current.has(run)) continue;
      const used = [...colors.current.values()];
      colors.current.set(run, [...Array(COLORS).keys()].find((color) => !used.includes(color)));
    }
    return colors.current;
  };
}

function RunsPage({account}) {
  const [, changed] = useReducer((count) => count + 1, 0);
  const book = useRef(null);
  book.current ??= new Book(changed);
  const [runs, setRuns] = useState(fromAddress().runs);
  const [view, setView] = useState(fromAddress().view);
  const [meanings, setMeanings] = useState([]);
  const [reports, setReports] = useState([]);
  const [sampled, setSampled] = useState(null);
  const [wrong, setWrong] = useState('');
  const {rows, drawn, jobs} = book.current;
  const known = (runs ?? []).filter((run) => rows.has(run));
  const colors = useColors()(known);

  useEffect(() => {
    let timer;
    const ask = () => Promise.all([api.get('/api/runs'), api.get('/api/metrics'), api.get('/api/jobs'), api.get('/api/reports')]).then(([list, told, asked, written]) => {
      book.current.jobs = asked;
      list.forEach((row) => rows.set(row.name, row));
      setMeanings(told);
      setReports(written);
      setRuns((now) => now ?? firstChoice(list));
      setWrong('');
      changed();
    }, (refusal) => {
      setWrong(refusal.message + '.');
      timer = setTimeout(ask, AGAIN_MS);
    });
    ask();
    return () => {
      clearTimeout(timer);
      book.current.close();
    };
  }, []);
  useEffect(() => {
    if (runs) book.current.follow(known);
  }, [known.join(), runs === null]);
  useEffect(() => {
    if (runs) history.replaceState(null, '', '#' + new URLSearchParams({runs: runs.join(','), view}));
  }, [runs, view]);
  useThemeKey();

  const toggle = (run) => setRuns(runs.includes(run) ? runs.filter((one) => one !== run) : [...runs, run]);
  const act = (ask) => ask().then(() => setWrong(''), (refusal) => setWrong(refusal.message + '.'));
  const resume = (run) => may(account, 'lead') && !jobs.some(isFor(run)) && (() => act(() => api.post(path(run) + '/resume')));
  const answering = known.filter((run) => rows.get(run).sampled > 0);
  const one = answering.includes(sampled) ? sampled : answering.at(-1);
  const seen = known.map((run) => rows.get(run).sampled + rows.get(run).state).join();
  return html`
    <${Header} account=${account} />
    <main class="page">
      <h1>Runs</h1>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${runs && html`
        <${Jobs} jobs=${jobs} rows=${rows} account=${account} act=${act} />
        <section><h2>All runs</h2><${List} rows=${[...rows.values()].reverse()} colors=${colors} toggle=${toggle} resume=${resume} /></section>
        <section>
          <div class="row views" role="group" aria-label="What is shown of the chosen runs">${VIEWS.map((name) => html`
            <button class="quiet" aria-pressed=${view === name} onClick=${() => setView(name)}>${name[0].toUpperCase() + name.slice(1)}</button>`)}</div>
          ${known.length === 0 && html`<p class="facts">Choose one or more runs above.</p>`}
          ${known.length > 0 && view === 'curves' && html`
            <h2 class="spoken">Curves</h2>
            ${known.map((run) => html`<${Lineage} key=${run} name=${run} rows=${rows} />`)}
            <${Curves} meanings=${meanings} runs=${known.filter((run) => drawn.has(run)).map((run) => ({name: run, color: colors.get(run), drawn: drawn.get(run)}))} />`}
          ${known.length > 0 && view === 'samples' && html`
            <h2 class="spoken">Samples</h2>
            ${answering.length > 1 && html`<div class="row"><select aria-label="Run" value=${one} onChange=${(event) => setSampled(event.target.value)}>
              ${answering.map((run) => html`<option value=${run}>${run}</option>`)}</select></div>`}
            ${one ? html`<${Samples} key=${one} run=${one} seen=${rows.get(one).sampled} account=${account} />`
              : html`<p class="facts">None of the chosen runs answers fixed prompts; policies do.</p>`}`}
          ${known.length > 0 && view === 'settings' && html`
            <h2 class="spoken">Settings</h2><${Settings} runs=${known} colors=${colors} seen=${seen} />`}
        </section>
        <${Reports} reports=${reports} />`}
    </main>`;
}

await Promise.all([style('/web/uplot.css'), style('/web/runs.css')]);
open(RunsPage);
