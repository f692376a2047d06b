import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Numbers, slotOf} from './cards.js';
import {Grading} from './grading.js';
import {moment} from './shell.js';

const html = htm.bind(h);
const ANSWERS = {first_much: 'first, much', first: 'first', first_slightly: 'first, slightly', tie: 'tie', second_slightly: 'second, slightly',
  second: 'second', second_much: 'second, much', both_bad: 'both bad', skip: 'skip'};
const NUMBERS = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth'];
/** From the first's side to the second's, as labelers' keys are. */
const DECISIONS = [...['first_much', 'first', 'first_slightly', 'tie', 'second_slightly', 'second', 'second_much']
  .map((answer, at) => ({answer, key: String(at + 1)})), {answer: 'both_bad', key: '0'}];
const NONE_ACCEPTABLE = {answer: 'both_bad', key: '0'};
const GRADED = {ranking: 'ranked', rating: 'rated'};
const USUAL_TOLERANCE = 1;

/** What was said or decided, in words; grades of the completions in their order. */
function spoken({answer, grades}) {
  if (grades?.ranks) return `places ${grades.ranks.join(', ')}`;
  if (grades?.ratings) return Object.entries(grades.ratings).map(([axis, given]) => `${axis} ${given.join(', ')}`).join('; ');
  return grades && answer === 'both_bad' ? 'none acceptable' : ANSWERS[answer];
}

const same = (one, other) => one?.answer === other?.answer
  && ['ranks', 'ratings'].every((what) => JSON.stringify(one?.[what]) === JSON.stringify(other?.[what]));

/** What holds, as it is sent; null where nothing is decided. */
function heldBy(last) {
  return last?.answer ? {answer: last.answer, ranks: last.grades?.ranks, ratings: last.grades?.ratings} : null;
}

const plainKey = (event) => !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey && event.target.tagName !== 'INPUT';

function Texts({one, below}) {
  return html`
    <div class="answers">${[one.first, one.second, ...one.more].map((text, at) => html`
      <div key=${at}><p class="eyebrow">${NUMBERS[at]}</p><p>${text}</p>${below?.(at)}</div>`)}</div>`;
}

/** Which of two is better: by the buttons, or by their keys. */
function OfTwo({one, held, decide, keys}) {
  keys.current = (key) => decide(DECISIONS.find((choice) => choice.key === key));
  return html`
    <div class="decisions" role="group" aria-label="Which is better?">
      ${DECISIONS.map(({answer, key}) => html`
        <button key=${answer} class="chip" aria-pressed=${String(answer === held?.answer)} onClick=${() => decide({answer})}>${ANSWERS[answer]} <kbd>${key}</kbd></button>`)}</div>`;
}

/** An order or ratings: a number for what is marked, as labelers give them, and Enter. */
function OfSeveral({one, held, decide, keys}) {
  const grading = useRef(null);
  const [, redraw] = useState(0);
  const [said, say] = useState('');
  grading.current ??= new Grading({left: one.first, right: one.second, more: one.more, axes: one.axes}, held);
  const now = grading.current;
  const changed = (words) => {
    say(words);
    redraw((times) => times + 1);
    if (document.activeElement?.id.startsWith('slot-')) document.getElementById('slot-' + now.at)?.focus();
  };
  const label = (slot) => NUMBERS[slot.card] + (slot.axis && `, ${slot.axis}`);
  const give = (number) => {
    const slot = now.slots[now.at];
    if (now.give(number)) changed(`${label(slot)}: ${number}.${now.values.includes(null) ? '' : ' That is all: Enter decides.'}`);
  };
  const session = {
    grading: now,
    go: (slot) => { now.go(slot); redraw((times) => times + 1); },
    gradeAt: (slot, number) => { now.go(slot); give(number); },
  };
  const send = () => {
    const missing = now.values.includes(null);
    if (missing) now.goToMissing();
    if (missing) changed('Not everything has a number yet.');
    else decide({answer: GRADED[one.kind], ...now.given});
  };
  keys.current = (key, event) => {
    if (key === '0' && one.kind === 'ranking') decide(NONE_ACCEPTABLE);
    else if (/^[1-9]$/.test(key)) give(Number(key));
    else if (key === 'enter' && !event.target.closest('button')) send();
    else return false;
    return true;
  };
  const below = (card) => html`<div class="axes">${now.slots.map((slot, at) => slot.card === card && html`
    <div key=${at} class="axis" role="group" aria-label=${label(slot)} ...${slotOf(session, at)}>
      ${slot.axis && html`<span class="named" aria-hidden="true">${slot.axis}</span>`}
      <${Numbers} session=${session} slot=${at} label=${label(slot)} />
    </div>`)}</div>`;
  return html`
    <${Texts} one=${one} below=${below} />
    <div class="row">
      <button class="primary" aria-disabled=${String(now.values.includes(null))} onClick=${send}>Decide <kbd>Enter</kbd></button>
      ${one.kind === 'ranking' && html`
        <button class="chip" aria-pressed=${String(held?.answer === 'both_bad')} onClick=${() => decide(NONE_ACCEPTABLE)}>none acceptable <kbd>0</kbd></button>`}
      <span class="soft" role="status">${said}</span>
    </div>`;
}

const DECIDING = {pair: OfTwo, ranking: OfSeveral, rating: OfSeveral};

/** What was said to a comparison, and what a lead decides about it. Keys are its own while it has the focus. */
export function Case({id, changed, refused}) {
  const [one, setOne] = useState(null);
  const [tolerance, tolerate] = useState(USUAL_TOLERANCE);
  const box = useRef(null);
  const keys = useRef(null);
  const load = () => api.get(`/api/quality/${id}`).then(setOne, refused);
  useEffect(() => { load(); }, [id]);
  useEffect(() => box.current?.focus(), [one === null]);
  if (!one) return null;
  const last = one.decided.at(-1);
  const held = heldBy(last);
  const decide = (judgement) => {
    if (judgement === undefined || same(held, judgement)) return judgement !== undefined;
    const {answer = null, ranks, ratings} = judgement ?? {};
    api.post('/api/adjudications', {id: api.newId(), comparison: one.comparison, answer, ranks, ratings}).then(() => Promise.all([load(), changed()]), refused);
    return true;
  };
  const makeKnown = () => api.post('/api/gold', {comparison: one.comparison, ...held, ...(held.ratings && {tolerance})}).then(changed, refused);
  const onKey = (event) => {
    if (!plainKey(event)) return;
    const key = event.key.toLowerCase();
    if (key === 'u' ? decide(null) : keys.current(key, event)) event.preventDefault();
  };
  return html`
    <div class="case" ref=${box} tabindex="-1" role="group" aria-label=${'Comparison ' + one.comparison} onKeyDown=${onKey}>
      <p><b>${one.prompt}</b></p>
      ${one.kind === 'pair' && html`<${Texts} one=${one} />`}
      <ul class="plain">${one.said.map((said) => html`
        <li><b>${said.labeler}</b>: ${spoken(said)}${said.note.reasons.length > 0 && ` (${said.note.reasons.join(', ')})`}${said.note.flagged && ', flagged'}${said.note.comment && html`: “${said.note.comment}”`}</li>`)}</ul>
      <${DECIDING[one.kind]} one=${one} held=${held} decide=${decide} keys=${keys} />
      <div class="row" role="status">
        ${held ? html`
          <span class="soft">${last.lead} decided on ${moment(last.at)}: <b>${spoken(last)}</b>. Training reads this and not what the labelers said.</span>
          <button class="quiet" onClick=${() => decide(null)}>Take it back <kbd>U</kbd></button>
          ${held.ratings && html`<label>within <input type="number" min="0" max="6" value=${tolerance} onInput=${(event) => tolerate(Number(event.target.value))} /> points</label>`}
          <button class="quiet" onClick=${makeKnown}>Ask labelers now and then</button>`
        : html`<span class="soft">${last ? `${last.lead} took back what was decided. ` : ''}Training reads what the labelers said.</span>`}</div>
    </div>`;
}
