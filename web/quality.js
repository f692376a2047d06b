import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Header, open, plural} from './shell.js';

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
const ANSWERS = {first_much: 'first, much', first: 'first', first_slightly: 'first, slightly', tie: 'tie', second_slightly: 'second, slightly',
  second: 'second', second_much: 'second, much', both_bad: 'both bad', skip: 'skip'};

const NUMBERS = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth'];

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

/** Ranks or ratings of the completions, in their order. */
const gradesOf = ({ranks, ratings}) => (ranks ? `places ${ranks.join(', ')}` : Object.entries(ratings).map(([axis, given]) => `${axis} ${given.join(', ')}`).join('; '));

function Case({id, settled, refused}) {
  const [one, setOne] = useState(null);
  useEffect(() => { api.get(`/api/quality/${id}`).then(setOne, refused); }, [id]);
  if (!one) return null;
  const decide = (answer) => api.post('/api/gold', {comparison: id, answer}).then(settled, refused);
  return html`
    <div class="case">
      <p><b>${one.prompt}</b></p>
      <div class="answers">${[one.first, one.second, ...one.more].map((text, at) => html`
        <div><p class="eyebrow">${NUMBERS[at]}</p><p>${text}</p></div>`)}</div>
      <ul class="plain">${one.said.map((said) => html`
        <li><b>${said.labeler}</b>: ${ANSWERS[said.answer] ?? gradesOf(said.grades)}${said.note.reasons.length > 0 && ` (${said.note.reasons.join(', ')})`}${said.note.flagged && ', flagged'}${said.note.comment && html`: “${said.note.comment}”`}</li>`)}</ul>
      ${one.of_two && html`<div class="row" role="group" aria-label="What is right?"><span>What is right?</span>
        ${['first', 'tie', 'second', 'both_bad'].map((answer) => html`<button class="chip" onClick=${() => decide(answer)}>${ANSWERS[answer]}</button>`)}</div>`}
    </div>`;
}

function Disputed({disputed, changed, refused}) {
  const [chosen, choose] = useState(null);
  return html`
    <section>
      <h2>Disputed</h2>
      ${disputed.length === 0 ? html`<p>Nothing divides the labelers.</p>` : html`
        <p class="facts">What divides labelers most. What you decide becomes known: labelers are then asked it now and then, without being told.</p>
        <div class="tabs" role="group" aria-label="Disputed comparisons">${disputed.slice(0, 20).map((one) => html`
          <button key=${one.comparison} class="quiet" aria-pressed=${one.comparison === chosen} onClick=${() => choose(one.comparison)}>${one.comparison}</button>`)}</div>
        ${chosen && html`<${Case} key=${chosen} id=${chosen} refused=${refused} settled=${() => { choose(null); changed(); }} />`}`}
    </section>`;
}

/** One comparison that a link names, as a report card's links do. */
function Named({id}) {
  const [settled, settle] = useState(false);
  const [wrong, setWrong] = useState('');
  return html`
    <section>
      <h2>Comparison ${id}</h2>
      ${settled ? html`<p class="facts">Decided. Labelers are asked it now and then, without being told.</p>`
        : html`<${Case} id=${id} refused=${(refusal) => setWrong(refusal.message)} settled=${() => settle(true)} />`}
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
    </section>`;
}

const named = () => /^#comparison=(\d+)$/.exec(location.hash)?.[1];

function Page({account}) {
  const [wanted, setWanted] = useState(named());
  const [measured, setMeasured] = useState(null);
  const [wrong, setWrong] = useState('');
  const refused = (refusal) => setWrong(refusal.message);
  const soon = useRef(0);
  const load = () => api.get('/api/quality').then((now) => {
    setMeasured(now);
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
      ${wanted && html`<${Named} key=${wanted} id=${wanted} />`}
      ${measured && !quality && html`<p class="lead" role="status">The answers are being measured…</p>`}
      ${quality && html`
        <p class="lead">${plural(quality.answers, 'answer')} to ${plural(quality.comparisons, 'comparison')}.${measured.again && html`
          <span class="soft" role="status"> There are newer ones, which are being measured.</span>`}</p>
        <${Agreement} agreed=${quality.agreed} />
        <${Labelers} labelers=${quality.labelers} excluded=${measured.excluded} changed=${load} refused=${refused} />
        <${Disputed} disputed=${quality.disputed} changed=${load} refused=${refused} />`}
    </main>`;
}

open(Page);
