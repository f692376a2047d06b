import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {keep, recall} from './kept.js';
import {Leaderboard} from './leaderboard.js';
import {Header, may, open, style, useThemeKey} from './shell.js';
import {Prompt} from './views.js';

const html = htm.bind(h);
const PATIENCE_MS = 150_000; // two models write, one after the other, and may have to be loaded first
const TOO_SOON_MS = 250; // after the answers appear: no one has read them yet
const VOTES = [
  {name: 'first', key: '←', codes: ['ArrowLeft', 'Digit1', 'Digit2', 'Digit3'], side: 'a', size: 2, words: 'better', label: 'A is better'},
  {name: 'tie', key: '4', codes: ['Digit4', 'ArrowDown'], side: 'tie', size: 0, words: 'a tie', label: 'A tie'},
  {name: 'both_bad', key: '0', codes: ['Digit0'], side: 'tie', size: 0, words: 'both bad', label: 'Both bad'},
  {name: 'second', key: '→', codes: ['ArrowRight', 'Digit5', 'Digit6', 'Digit7'], side: 'b', size: 2, words: 'better', label: 'B is better'},
];
const ANY = '';

/** What is asked of the models, and which ones, where a lead says so. */
function Ask({account, models, ask}) {
  const [text, setText] = useState(recall('heed.arena', ''));
  const [pair, setPair] = useState([ANY, ANY]);
  const field = useRef(null);
  useEffect(() => field.current?.focus({preventScroll: true}), []);
  const choose = (at, name) => {
    const other = pair[1 - at] !== ANY && pair[1 - at] !== name ? pair[1 - at] : models.find((one) => one !== name);
    setPair(name === ANY ? [ANY, ANY] : at === 0 ? [name, other] : [other, name]);
  };
  const send = (prompt) => ask({prompt, models: pair[0] === ANY ? null : pair});
  const submit = (event) => {
    event.preventDefault();
    if (text.trim()) send(text);
    else field.current.focus();
  };
  return html`
    <form class="ask" onSubmit=${submit}>
      <label for="prompt" class="spoken">What to ask</label>
      <textarea id="prompt" ref=${field} rows="3" maxlength="4000" dir="auto" placeholder="Ask anything …" value=${text}
        onInput=${(event) => { setText(event.target.value); keep('heed.arena', event.target.value); }}
        onKeyDown=${(event) => event.key === 'Enter' && !event.shiftKey && !event.isComposing && submit(event)}></textarea>
      <div class="row">
        <button class="primary">Ask two models <kbd>Enter</kbd></button>
        <button type="button" class="quiet" onClick=${() => send(null)}>A held-out prompt</button>
        ${may(account, 'lead') && models.length > 2 && html`
          <span class="pair" role="group" aria-label="Which models meet">
            ${[0, 1].map((at) => html`
              ${at === 1 && html`<span class="soft">against</span>`}
              <select aria-label=${at === 0 ? 'A model' : 'Another model'} value=${pair[at]} onChange=${(event) => choose(at, event.target.value)}>
                <option value=${ANY}>${at === 0 ? 'any model' : 'any other'}</option>
                ${models.map((name) => html`<option value=${name}>${name}</option>`)}</select>`)}
          </span>`}
      </div>
    </form>`;
}

/** @param name whose it is, once that may be known */
function Answer({letter, text, name, better, standing}) {
  return html`
    <article class=${`answer ${letter.toLowerCase()}${better ? ' better' : ''}`} aria-labelledby=${'answer-' + letter} tabindex="0">
      <h2 id=${'answer-' + letter}><span class="letter" aria-hidden="true">${letter}</span><span class="spoken">Answer ${letter}${name && ', by '}</span>
        ${name && html`<span class="name-of">${name}</span> ${standing?.rating.interval && html`<span class="soft score">${Math.round(standing.rating.interval.mean)}</span>`}`}</h2>
      ${text === null ? html`<p class="writing" aria-hidden="true"><i></i><i></i><i></i></p>`
        : text.trim() ? html`<p dir="auto">${text}</p>` : html`<p class="nothing">(says nothing)</p>`}
    </article>`;
}

function Votes({vote}) {
  return html`
    <div class="scale votes" role="group" aria-label="Which is better?">
      ${VOTES.map((one) => html`
        <button key=${one.name} class=${`choice ${one.side} size${one.size}`} aria-label=${`${one.label} (${one.key})`} onClick=${() => vote(one.name)}>
          <span class="weight" aria-hidden="true"><i></i><i></i><i></i></span>
          <span class="words">${one.side !== 'tie' && html`<b>${one.side.toUpperCase()}</b> `}${one.words}</span>
          <kbd>${one.key}</kbd>
        </button>`)}
    </div>`;
}

function After({revealed, again, anew}) {
  return html`
    <div class="after">
      <p>You said <b>${VOTES.find((one) => one.name === revealed.vote).label}</b>. The vote counts for the ratings, and teaches no model anything.</p>
      <div class="row">
        <button class="primary" onClick=${anew}>Ask something else <kbd>N</kbd></button>
        <button class="quiet" onClick=${again}>The same prompt again <kbd>R</kbd></button>
      </div>
    </div>`;
}

function Battle({asked, battle, revealed, table, vote, again, anew}) {
  const standing = (name) => table.leaderboard.standings.find((one) => one.player === name);
  return html`
    <div class="battle" aria-busy=${battle === null}>
      ${(battle ?? asked).prompt && html`<${Prompt} heading="h2" messages=${battle ? battle.prompt : [{role: 'user', content: asked.prompt}]} />`}
      <div class="answers">
        ${['first', 'second'].map((side, at) => html`
          <${Answer} letter=${'AB'[at]} text=${battle ? battle[side] : null} name=${revealed?.[side]} better=${revealed?.vote === side} standing=${revealed && standing(revealed[side])} />`)}
      </div>
      ${!battle ? html`<p class="facts waiting">Two models are writing. The first question after a start takes longer.</p>`
        : revealed ? html`<${After} revealed=${revealed} again=${again} anew=${anew} />` : html`
          <${Votes} vote=${vote} />
          <p class="others"><button class="quiet" onClick=${anew}>Leave it, ask something else <kbd>N</kbd></button></p>`}
    </div>`;
}

function TooFew({models}) {
  return html`
    <div class="ask none-yet">
      <p class="lead">${models.length === 0 ? 'There is no model here yet; an arena needs two.' : html`Only one model here writes, <b>${models[0]}</b>; an arena needs two.`}</p>
      <p class="facts"><code>./heed demo</code> makes some, and so does each of <code>./heed sft</code>, <code>./heed ppo</code>, <code>./heed dpo</code> …</p>
    </div>`;
}

/** Whether keys belong to something else. */
const isTaken = (target) => target.closest?.('input, textarea, select');

function Page({account}) {
  const votes = may(account, 'labeler');
  const [table, setTable] = useState(null);
  const [asked, setAsked] = useState(null); // while models write: what was wanted
  const [battle, setBattle] = useState(null);
  const [revealed, setRevealed] = useState(null);
  const [wrong, setWrong] = useState('');
  const [said, setSaid] = useState('');
  const shownAt = useRef(0);
  const voting = useRef(false);
  const refused = (refusal) => setWrong(refusal.message);
  const load = () => api.get('/api/arena').then(setTable, refused);

  const show = (one) => {
    setBattle(one);
    setRevealed(null);
    shownAt.current = performance.now();
    setSaid('Two answers are there. Which is better? Left arrow A, right arrow B, 4 a tie, 0 both bad.');
  };
  useEffect(() => {
    load();
    if (votes) api.get('/api/battles').then(([waiting]) => waiting && show(waiting), refused);
  }, []);

  const ask = async (wanted) => {
    if (asked) return;
    setWrong('');
    setBattle(null);
    setRevealed(null);
    setAsked(wanted);
    setSaid('Two models are writing.');
    try {
      show(await api.post('/api/battles', wanted, PATIENCE_MS));
    } catch (refusal) {
      refused(refusal);
      setSaid('');
    } finally {
      setAsked(null);
    }
  };
  const vote = async (name) => {
    if (!battle || revealed || voting.current || performance.now() - shownAt.current < TOO_SOON_MS) return;
    voting.current = true;
    try {
      const names = await api.post(`/api/battles/${battle.id}`, {vote: name});
      setRevealed(names);
      setWrong('');
      setSaid(`A was ${names.first}, B was ${names.second}.`);
      load();
    } catch (refusal) {
      refused(refusal);
    } finally {
      voting.current = false;
    }
  };
  const anew = () => {
    setBattle(null);
    setRevealed(null);
    setWrong('');
    keep('heed.arena', '');
    setSaid('');
  };
  const mayAskAgain = battle?.prompt.length === 1;
  const again = () => ask({prompt: mayAskAgain ? battle.prompt[0].content : null, models: null});

  useThemeKey();
  useEffect(() => {
    const listener = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTaken(event.target)) return;
      const voted = battle && !revealed && VOTES.find((one) => one.codes.includes(event.code.replace('Numpad', 'Digit')));
      const key = event.key.toLowerCase();
      const action = voted ? () => vote(voted.name) : battle && key === 'n' ? anew : revealed && key === 'r' ? again : null;
      if (!action || document.querySelector('.inside[hidden]')) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  });

  const models = table?.models ?? [];
  return html`
    <${Header} account=${account} />
    <main class="page arena">
      ${!battle && !asked && html`
        <div class="begin">
          <h1>Arena</h1>
          <p class="lead">${votes ? 'Two models answer you. Say which answer is better; then you see who wrote it.' : 'Models by what people said of their answers, without knowing whose they were.'}</p>
        </div>`}
      ${(battle || asked) && html`<h1 class="spoken">Arena</h1>`}
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${table && votes && (battle || asked
        ? html`<${Battle} asked=${asked} battle=${battle} revealed=${revealed} table=${table} vote=${vote} again=${again} anew=${anew} />`
        : models.length < 2 ? html`<${TooFew} models=${models} />` : html`<${Ask} account=${account} models=${models} ask=${ask} />`)}
      ${table && html`<${Leaderboard} table=${table} />`}
    </main>
    <div class="spoken" role="status" aria-live="polite">${said}</div>`;
}

await style('/web/arena.css');
open(Page);
