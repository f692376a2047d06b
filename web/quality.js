import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Case} from './case.js';
import {Header, open, plural, style} from './shell.js';

const html = htm.bind(h);
const AGAIN_MS = 10000;
const SOON_MS = 1000; // while a newer measurement is being made
const AGREED = [
  {name: 'percent', label: 'equal answers', percent: true},
  {name: 'cohen', label: 'Cohen’s kappa'},
  {name: 'fleiss', label: 'Fleiss’ kappa'},
  {name: 'alpha_nominal', label: 'Krippendorff’s alpha, of sides'},
  {name: 'alpha_ordinal', label: 'Krippendorff’s alpha, of strengths'},
];
const COLUMNS = [
  {name: 'fast', label: 'under 2 s'},
  {name: 'left', label: 'for the left'},
  {name: 'longer', label: 'for the longer'},
  {name: 'neither', label: 'ties, both bad'},
  {name: 'gold', label: 'as known'},
  {name: 'consistency', label: 'as before'},
  {name: 'agreement', label: 'as others'},
];
const MOST_DISPUTED = 20; // of each kind
const KINDS = {pair: 'Pairs', ranking: 'Rankings', rating: 'Ratings'};

const sentence = (text) => text[0].toUpperCase() + text.slice(1) + '.';
const share = (value) => `${Math.round(100 * value)} %`;

/** A number with its interval, or a dash that says why there is none. */
function Figure({figure, percent = true}) {
  const {interval, undefined: why, n} = figure;
  if (!interval) return html`<span class="none" title=${why}>–<span class="spoken">${why}</span></span>`;
  const show = percent ? (value) => String(Math.round(100 * value)) : (value) => value.toFixed(2);
  return html`<span title=${`on ${n}`}><b>${percent ? share(interval.mean) : show(interval.mean)}</b> <span class="soft">(${show(interval.low)}–${show(interval.high)})</span></span>`;
}

function Agreement({agreed}) {
  return html`
    <section>
      <h2>Agreement</h2>
      <dl class="figures">${AGREED.map(({name, label, percent}) => html`
        <div><dt>${label}</dt><dd><${Figure} figure=${agreed[name]} percent=${percent === true} /></dd></div>`)}</dl>
      <p class="facts">With 95 % intervals, over the comparisons that two or more answered. Kappa and alpha are 0 by chance and 1 when all agree.</p>
    </section>`;
}

function Ratings({axes, raters}) {
  return html`
    <section>
      <h2>Ratings</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Ratings"><table>
        <thead><tr><th>Axis</th><th>Ratings</th><th>Mean, of 7</th><th>Krippendorff’s alpha</th></tr></thead>
        <tbody>${axes.map((one) => html`
          <tr key=${one.axis}><th scope="row">${one.axis}</th><td>${one.ratings.toLocaleString('en')}</td><td>${one.mean.toFixed(1)}</td>
            <td><${Figure} figure=${one.alpha} percent=${false} /></td></tr>`)}</tbody>
      </table></div>
      <div class="scroll" tabindex="0" role="region" aria-label="Who rated"><table>
        <thead><tr><th>Name</th><th>Axis</th><th>Ratings</th><th>Mean, of 7</th><th>Points from others</th><th>As known</th><th>Points from their own last</th></tr></thead>
        <tbody>${raters.map((one) => html`
          <tr key=${one.labeler + '\u0000' + one.axis}><th scope="row">${one.labeler}</th><td>${one.axis}</td><td>${one.ratings.toLocaleString('en')}</td><td>${one.mean.toFixed(1)}</td>
            <td><${Figure} figure=${one.apart} percent=${false} /></td><td><${Figure} figure=${one.gold} /></td><td><${Figure} figure=${one.again} percent=${false} /></td></tr>`)}</tbody>
      </table></div>
      <p class="facts">Two who rate by lot are 2.3 points apart. What is known is met within its tolerance; their own last is what they said when they were asked the same before.</p>
    </section>`;
}

function Labelers({labelers, excluded, changed, refused}) {
  const exclude = (labeler, out) => api.post('/api/exclusions', {labeler, excluded: out}).then(changed, refused);
  return html`
    <section>
      <h2>Labelers</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Labelers"><table>
        <thead><tr><th>Name</th><th>Answers</th><th>Seconds</th>${COLUMNS.map((column) => html`<th>${column.label}</th>`)}<th>Reliability</th><th>In training</th></tr></thead>
        <tbody>${labelers.map((one) => html`
          <tr key=${one.labeler} class=${excluded.includes(one.labeler) ? 'out' : ''}>
            <th scope="row">${one.labeler}</th><td>${one.answers.toLocaleString('en')}</td><td>${one.median_seconds?.toFixed(1) ?? '–'}</td>
            ${COLUMNS.map(({name}) => html`<td><${Figure} figure=${one[name]} /></td>`)}
            <td>${one.reliability == null ? '–' : share(one.reliability)}</td>
            <td><button class="quiet" onClick=${() => exclude(one.labeler, !excluded.includes(one.labeler))}>${excluded.includes(one.labeler) ? 'Take in' : 'Leave out'}</button></td>
          </tr>`)}</tbody>
      </table></div>
      ${labelers.flatMap((one) => one.flags.map((flag) => html`
        <p class="flagged" key=${one.labeler + flag.kind}><b>${one.labeler}</b> ${[flag.found, flag.meaning, flag.advice].map(sentence).join(' ').replace(/^./, (first) => first.toLowerCase())}</p>`))}
    </section>`;
}

function Disputed({disputed, decided, changed, refused}) {
  const [chosen, choose] = useState(null);
  const kinds = Object.keys(KINDS).map((kind) => ({kind, some: disputed.filter((one) => one.kind === kind).slice(0, MOST_DISPUTED)}))
    .filter(({some}) => some.length > 0);
  const shown = kinds.flatMap(({some}) => some);
  const open = shown.filter((one) => !decided.has(one.comparison)).length;
  return html`
    <section>
      <h2>Disputed</h2>
      ${shown.length === 0 ? html`<p>Nothing divides the labelers.</p>` : html`
        <p class="facts">What divides labelers most; ${open === 0 ? 'all of it is decided' : `${open} of ${shown.length} to decide`}.
          What the labelers said stays as it is, but training reads what you decide. What they are asked now and then has a known answer, which they are not told.</p>
        ${kinds.map(({kind, some}) => html`
          <div key=${kind} class="tabs" role="group" aria-label=${kind === 'pair' ? 'Disputed comparisons' : 'Disputed ' + KINDS[kind].toLowerCase()}>
            ${kinds.length > 1 && html`<span class="eyebrow">${KINDS[kind]}</span>`}${some.map((one) => html`
            <button key=${one.comparison} class="quiet" aria-pressed=${one.comparison === chosen} onClick=${() => choose(one.comparison)}>
              ${one.comparison}${decided.has(one.comparison) && html` <span aria-hidden="true">✓</span><span class="spoken">, decided</span>`}</button>`)}</div>`)}
        ${chosen && html`<${Case} key=${chosen} id=${chosen} refused=${refused} changed=${changed} />`}`}
    </section>`;
}

/** One comparison that a link names, as a report card's links do. */
function Named({id, changed}) {
  const [wrong, setWrong] = useState('');
  return html`
    <section>
      <h2>Comparison ${id}</h2>
      <${Case} id=${id} refused=${(refusal) => setWrong(refusal.message)} changed=${changed} />
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
    </section>`;
}

const named = () => /^#comparison=(\d+)$/.exec(location.hash)?.[1];

function Page({account}) {
  const [wanted, setWanted] = useState(named());
  const [measured, setMeasured] = useState(null);
  const [decided, setDecided] = useState(new Set());
  const [wrong, setWrong] = useState('');
  const refused = (refusal) => setWrong(refusal.message);
  const soon = useRef(0);
  const load = () => Promise.all([api.get('/api/quality'), api.get('/api/adjudications')]).then(([now, adjudications]) => {
    setMeasured(now);
    setDecided(new Set(adjudications.map((one) => one.comparison)));
    setWrong('');
    clearTimeout(soon.current);
    if (now.again) soon.current = setTimeout(load, SOON_MS);
  }, refused);
  useEffect(() => {
    load();
    const again = setInterval(() => document.hidden || load(), AGAIN_MS);
    const onHash = () => setWanted(named());
    addEventListener('hashchange', onHash);
    return () => {
      clearInterval(again);
      clearTimeout(soon.current);
      removeEventListener('hashchange', onHash);
    };
  }, []);
  const quality = measured?.quality;
  return html`
    <${Header} account=${account} />
    <main class="page">
      <h1>Quality</h1>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${wanted && html`<${Named} key=${wanted} id=${wanted} changed=${load} />`}
      ${measured && !quality && html`<p class="lead" role="status">The answers are being measured…</p>`}
      ${quality && html`
        <p class="lead">${plural(quality.answers, 'answer')} to ${plural(quality.comparisons, 'comparison')}.${measured.again && html`
          <span class="soft" role="status"> There are newer ones, which are being measured.</span>`}</p>
        <${Agreement} agreed=${quality.agreed} />
        ${quality.axes.length > 0 && html`<${Ratings} axes=${quality.axes} raters=${quality.raters} />`}
        <${Labelers} labelers=${quality.labelers} excluded=${measured.excluded} changed=${load} refused=${refused} />
        <${Disputed} disputed=${[...quality.disputed.map((one) => ({...one, kind: 'pair'})), ...quality.disputed_grades]} decided=${decided} changed=${load} refused=${refused} />`}
    </main>`;
}

await style('/web/cards.css');
open(Page);
