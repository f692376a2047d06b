import {h} from 'preact';
import {useEffect, useReducer, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {keep, recall} from './kept.js';
import {Header, may, open, plural, style, useThemeKey} from './shell.js';

const html = htm.bind(h);
const KEPT = 'heed.play';
const FRESH = {temperature: 0.6, top_p: 1, max_tokens: 128, repetition_penalty: 1, seed: '', system: ''};
const NUMBERS = [
  {name: 'temperature', label: 'Temperature', least: 0, most: 2, step: 0.1},
  {name: 'top_p', label: 'Top p', least: 0.05, most: 1, step: 0.05},
  {name: 'repetition_penalty', label: 'Repetition penalty', least: 0.1, most: 10, step: 0.1},
  {name: 'max_tokens', label: 'Longest answer, tokens', least: 1, most: 4096, step: 1},
];

/** A conversation with one model or with two beside each other, who hear the same and know of each other nothing. */
class Talk {
  turns = [];
  #begun = 0;
  #stop = null;

  constructor(changed) {
    this.changed = changed;
  }

  get busy() {
    return this.#stop !== null;
  }

  /** What the model of a column is told before its answer to a turn. */
  told(turn, column, system) {
    const before = this.turns.slice(0, turn).filter((one) => one.answers[column]?.text);
    return [
      ...(system.trim() ? [{role: 'system', content: system}] : []),
      ...before.flatMap((one) => [{role: 'user', content: one.asked}, {role: 'assistant', content: one.answers[column].text}]),
      {role: 'user', content: this.turns[turn].asked},
    ];
  }

  async ask(asked, models, judge, settings) {
    this.turns.push({id: ++this.#begun, asked, answers: models.map((model) => ({model, text: '', state: 'waiting'}))});
    await this.answer(this.turns.length - 1, judge, settings);
  }

  /** Answers the last turn once more. */
  async again(models, judge, settings) {
    const {asked} = this.turns.pop();
    await this.ask(asked, models, judge, settings);
  }

  async answer(turn, judge, settings) {
    this.#stop = new AbortController();
    this.changed();
    await Promise.all(this.turns[turn].answers.map((answer, column) =>
      this.#write(answer, this.told(turn, column, settings.system), judge, settings)));
    this.#stop = null;
    this.changed();
  }

  async #write(answer, messages, judge, {system, seed, ...drawing}) {
    const begun = performance.now();
    const {signal} = this.#stop;
    try {
      const wanted = {model: answer.model, messages, ...drawing, stream: true, stream_options: {include_usage: true}, ...(seed !== '' && {seed: Number(seed)})};
      await api.stream('/v1/chat/completions', wanted, ({choices: [choice], usage}) => {
        answer.state = 'writing';
        answer.text += choice?.delta.content ?? '';
        answer.cut ||= choice?.finish_reason === 'length';
        answer.tokens = usage?.completion_tokens ?? answer.tokens;
        this.changed();
      }, signal);
      answer.state = 'done';
    } catch (refusal) {
      answer.state = signal.aborted ? 'stopped' : 'failed';
      answer.why = refusal.message;
    }
    answer.seconds = (performance.now() - begun) / 1000;
    this.changed();
    if (judge && answer.text && answer.state !== 'failed') await this.#score(answer, messages, judge);
  }

  async #score(answer, messages, judge) {
    try {
      const {data: [{score}]} = await api.post('/v1/score', {model: judge, messages, completion: answer.text});
      Object.assign(answer, {score, judge});
    } catch (refusal) {
      answer.unscored = refusal.message;
    }
    this.changed();
  }

  stop() {
    this.#stop?.abort();
  }
}

function Answer({answer, best, ask, account}) {
  const [told, setTold] = useState('');
  const {model, text, state, score, tokens, seconds} = answer;
  const over = state !== 'waiting' && state !== 'writing';
  return html`
    <article class=${'answer' + (best ? ' best' : '')} aria-busy=${!over}>
      <h2>${model}</h2>
      <p class=${'said ' + state}>${text || (over && html`<em class="nothing">nothing</em>`)}</p>
      ${state === 'failed' && html`<p class="wrong" role="alert">${answer.why}.</p>`}
      <p class="measures">
        ${score !== undefined && html`<span title=${'by ' + answer.judge + ', in standard deviations from what its reference scores'}>score <b>${score.toFixed(2).replace('-', '−')}</b></span>`}
        ${answer.unscored && html`<span>no score: ${answer.unscored}</span>`}
        ${over && tokens !== undefined && html`<span>${plural(tokens, 'token')} in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s</span>`}
        ${answer.cut && html`<span>cut off at the longest</span>`}
        ${state === 'stopped' && html`<span>stopped</span>`}
      </p>
      ${over && text && may(account, 'lead') && html`
        <p class="row"><button class="quiet" disabled=${told !== ''} onClick=${() => ask().then(setTold, (refusal) => setTold(refusal.message + '.'))}>A bad answer: ask people</button>
          <span role="status" class="measures">${told}</span></p>`}
    </article>`;
}

const OUTCOMES = {
  added: 'The next round asks it.',
  known: 'It is among the prompts already.',
  held_out: 'It is held out to measure models: nothing may learn from it.',
};

function Turn({talk, number, settings, account}) {
  const {asked, answers} = talk.turns[number];
  const scores = answers.map((answer) => answer.score ?? -Infinity);
  const ask = (column) => async () => OUTCOMES[(await api.post('/api/prompts', {messages: talk.told(number, column, settings.system)})).outcome];
  return html`
    <li class="exchange">
      <p class="asked">${asked}</p>
      <div class=${'answers of-' + answers.length}>${answers.map((answer, column) => html`
        <${Answer} key=${column} answer=${answer} account=${account} ask=${ask(column)}
          best=${answers.length > 1 && scores[column] > Math.max(...scores.filter((_, i) => i !== column))} />`)}</div>
    </li>`;
}

function Composer({talk, send}) {
  const [text, setText] = useState('');
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    if (talk.busy || !text.trim()) return;
    send(text.trim());
    setText('');
  };
  const onKey = (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === 'Escape') talk.stop();
  };
  return html`
    <form class="composer" onSubmit=${submit}>
      <textarea ref=${field} rows="2" maxlength="20000" aria-label="What you say" placeholder="Say something. Enter sends, Shift and Enter begins a line."
        value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${onKey}></textarea>
      ${talk.busy
        ? html`<button type="button" class="primary" onClick=${() => talk.stop()}>Stop <kbd>Esc</kbd></button>`
        : html`<button class="primary" disabled=${!text.trim()}>Send</button>`}
    </form>`;
}

function Choice({label, value, models, choose, none}) {
  return html`<label class="choose"><span>${label}</span>
    <select value=${value ?? ''} onChange=${(event) => choose(event.target.value || null)}>
      ${none && html`<option value="">${none}</option>`}
      ${models.map(({id}) => html`<option value=${id}>${id}</option>`)}</select></label>`;
}

function Settings({settings, set}) {
  return html`
    <details class="how"><summary>How they answer</summary>
      <div class="fields">
        ${NUMBERS.map(({name, label, least, most, step}) => html`
          <label for=${name}>${label}</label>
          <input id=${name} type="number" min=${least} max=${most} step=${step} value=${settings[name]}
            onChange=${({target}) => (target.reportValidity() && target.value !== '' ? set({[name]: Number(target.value)}) : (target.value = settings[name]))} />`)}
        <label for="seed">Seed; empty for another answer each time</label>
        <input id="seed" type="number" step="1" value=${settings.seed} onChange=${({target}) => set({seed: target.value})} />
        <label for="system">System message</label>
        <textarea id="system" rows="2" maxlength="8000" value=${settings.system} onInput=${({target}) => set({system: target.value})}></textarea>
      </div>
      <p><button class="quiet" onClick=${() => set(FRESH)}>As at first</button></p>
    </details>`;
}

function PlayPage({account}) {
  const [, changed] = useReducer((count) => count + 1, 0);
  const [talk, setTalk] = useState(() => new Talk(changed));
  const [models, setModels] = useState(null);
  const [wrong, setWrong] = useState('');
  const [chosen, setChosen] = useState(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
  const [settings, setSettings] = useState(() => ({...FRESH, ...recall(KEPT, {})}));
  const end = useRef(null);
  useThemeKey();
  useEffect(() => {
    api.get('/v1/models').then(({data}) => setModels(data.sort((a, b) => a.created - b.created)), (refusal) => setWrong(refusal.message + '.'));
    return () => talk.stop();
  }, []);
  useEffect(() => {
    history.replaceState(null, '', '#' + new URLSearchParams(Object.entries(chosen).filter(([, value]) => value)));
  }, [chosen]);
  const set = (change) => {
    const now = {...settings, ...change};
    setSettings(now);
    keep(KEPT, now);
  };
  const ofKind = (kind) => (models ?? []).filter((model) => model.kind === kind);
  const writers = ofKind('language');
  const judges = ofKind('reward');
  const known = (list, id, otherwise) => (list.some((model) => model.id === id) ? id : otherwise);
  const model = known(writers, chosen.model, writers.at(-1)?.id);
  const beside = known(writers, chosen.beside, null);
  const judge = chosen.judge === 'none' ? null : known(judges, chosen.judge, judges.at(-1)?.id ?? null);
  const both = [model, beside].filter(Boolean);
  const follow = (asking) => {
    asking.then(() => end.current?.scrollIntoView({block: 'end', behavior: 'smooth'}));
    requestAnimationFrame(() => end.current?.scrollIntoView({block: 'end', behavior: 'smooth'}));
  };
  return html`
    <${Header} account=${account} />
    <main class="page talk">
      <h1>Talk</h1>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${models && writers.length === 0 && html`<p class="lead">No model here writes yet. <code>./heed demo</code> makes some, and so does a stage that you start under Runs.</p>`}
      ${writers.length > 0 && html`
        <div class="row who-answers">
          <${Choice} label="Model" value=${model} models=${writers} choose=${(id) => setChosen({...chosen, model: id})} />
          <${Choice} label="Beside it" value=${beside} models=${writers} none="nobody" choose=${(id) => setChosen({...chosen, beside: id})} />
          ${judges.length > 0 && html`<${Choice} label="Scored by" value=${judge} models=${judges} none="nobody" choose=${(id) => setChosen({...chosen, judge: id ?? 'none'})} />`}
        </div>
        <${Settings} settings=${settings} set=${set} />
        ${talk.turns.length === 0 && html`<p class="facts">Nothing said here is kept or learned from, unless you ask people about an answer.</p>`}
        <ol class="turns" aria-live="polite">${talk.turns.map(({id}, number) => html`<${Turn} key=${id} talk=${talk} number=${number} settings=${settings} account=${account} />`)}</ol>
        ${talk.turns.length > 0 && !talk.busy && html`<div class="row after">
          <button class="quiet" onClick=${() => follow(talk.again(both, judge, settings))}>Answer again</button>
          <button class="quiet" onClick=${() => setTalk(new Talk(changed))}>Begin anew</button></div>`}
        <div ref=${end}></div>
        <${Composer} talk=${talk} send=${(text) => follow(talk.ask(text, both, judge, settings))} />`}
    </main>`;
}

await style('/web/play.css');
open(PlayPage);
