import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';

const html = htm.bind(h);
const FIRST = ['name', 'steps', 'epochs', 'lr', 'batch', 'kl-coef', 'labelers', 'compare', 'count', 'methods', 'seeds'];

/** What is asked first: what must be given, what it begins from, and what people change most. */
const isFirst = (option) => option.value === null || FIRST.includes(option.name) || (['model', 'file'].includes(option.kind) && option.value !== '');

/** A name that no run has. */
function freeName(name, rows) {
  for (let i = 2; rows.has(name) && rows.get(name).state === 'done'; i++) name = name.replace(/(\.\d+)?$/, '.' + i);
  return name;
}

/** What an option takes; left empty, it is as the recipe or the default has it. */
function Input({option, value, change, offer}) {
  const shared = {id: 'option-' + option.name, 'aria-describedby': 'help-' + option.name, value, required: option.value === null};
  const onInput = (event) => change(option.name, event.target.value);
  const choices = {flag: ['true', 'false'], choice: option.choices, file: offer.files}[option.kind];
  if (choices) {
    return html`<select ...${shared} onChange=${onInput}>
      <option value="">${option.value === null ? 'choose' : option.value || 'none'}</option>
      ${choices.filter((one) => one !== option.value).map((one) => html`<option value=${one}>${one}</option>`)}</select>`;
  }
  return html`<input ...${shared} type="text" inputmode=${{whole: 'numeric', number: 'decimal'}[option.kind] ?? 'text'} autocomplete="off" spellcheck=${false}
    placeholder=${option.value ?? ''} list=${option.kind === 'model' ? 'models' : undefined} onInput=${onInput} />`;
}

function Field({option, ...given}) {
  return html`
    <div class="field"><label for=${'option-' + option.name}>${option.name}</label><${Input} option=${option} ...${given} />
      <p class="aside" id=${'help-' + option.name}>${option.help}</p></div>`;
}

function Options({stage, given, change, offer}) {
  const [sought, seek] = useState('');
  const first = stage.options.filter(isFirst);
  const rest = stage.options.filter((option) => !isFirst(option));
  const found = rest.filter((option) => (option.name + ' ' + option.help).toLowerCase().includes(sought.toLowerCase()));
  const field = (option) => html`<${Field} key=${stage.name + option.name} option=${option} value=${given[option.name] ?? ''} change=${change} offer=${offer} />`;
  return html`
    <div class="options">${first.map(field)}</div>
    <details><summary>${rest.length} more options</summary>
      <label class="spoken" for="sought">Find an option</label>
      <input id="sought" type="search" placeholder="Find an option" value=${sought} onInput=${(event) => seek(event.target.value)} />
      <div class="options">${found.map(field)}</div>
      ${found.length === 0 && html`<p class="facts">None is called so, and none says so.</p>`}
    </details>`;
}

const flag = (name, value) => (value === 'true' ? '--' + name : '--no-' + name);

/** The command, as a shell would have it. */
function words(stage, recipe, given) {
  const kinds = new Map(stage.options.map(({name, kind}) => [name, kind]));
  return ['heed', stage.name, ...(recipe ? ['@' + recipe] : []),
    ...Object.entries(given).map(([name, value]) => (kinds.get(name) === 'flag' ? flag(name, value) : `--${name}=${value}`))].join(' ');
}

/** Starts a stage: which, by what recipe, and what is to differ from it. */
export function Order({rows, close}) {
  const [offer, setOffer] = useState(null);
  const [name, choose] = useState('');
  const [recipe, setRecipe] = useState('');
  const [given, setGiven] = useState({});
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  const select = useRef(null);
  useEffect(() => { api.get('/api/stages').then(setOffer, (refusal) => setWrong(refusal.message + '.')); }, []);
  useEffect(() => select.current?.focus(), [offer]);
  const stage = offer?.stages.find((one) => one.name === name);
  const pick = (picked) => {
    choose(picked);
    setWrong('');
    const own = offer.stages.find((one) => one.name === picked)?.options.find((option) => option.name === 'name');
    const free = own && freeName(own.value, rows);
    setGiven(own && free !== own.value ? {name: free} : {});
  };
  const change = (option, value) => setGiven((before) => {
    const {[option]: _, ...others} = before;
    return value === '' ? others : {...others, [option]: value};
  });
  const send = async (event) => {
    event.preventDefault();
    if (busy || !stage) return;
    setBusy(true);
    try {
      await api.post('/api/jobs', {stage: name, recipe: recipe || null, options: given});
      close();
    } catch (refusal) {
      setWrong(refusal.message + '.');
      setBusy(false);
    }
  };
  return html`
    <form class="case order" onSubmit=${send} aria-label="Start a job" onKeyDown=${(event) => event.key === 'Escape' && close()}>
      ${offer && html`
        <div class="options">
          <div class="field broad"><label for="stage">Stage</label>
            <select id="stage" ref=${select} value=${name} required onChange=${(event) => pick(event.target.value)}>
              <option value="">choose</option>${offer.stages.map((one) => html`<option value=${one.name}>${one.name}: ${one.summary}</option>`)}</select></div>
          ${offer.recipes.length > 0 && html`<div class="field"><label for="recipe">Recipe</label>
            <select id="recipe" value=${recipe} onChange=${(event) => setRecipe(event.target.value)}>
              <option value="">none: the defaults</option>${offer.recipes.map((one) => html`<option value=${one}>${one}</option>`)}</select></div>`}
        </div>
        <datalist id="models">${offer.models.map((one) => html`<option value=${one} />`)}</datalist>`}
      ${stage && html`<${Options} key=${name} stage=${stage} given=${given} change=${change} offer=${offer} />`}
      ${stage && html`<p class="command"><span class="spoken">The command: </span><code>${words(stage, recipe, given)}</code></p>`}
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      <div class="row"><button class="primary" disabled=${!stage} aria-busy=${busy}>Start</button>
        <button type="button" class="quiet" onClick=${close}>Cancel</button></div>
    </form>`;
}
