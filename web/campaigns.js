import {h} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Form, Header, open, plural} from './shell.js';

const html = htm.bind(h);
const SHARES = [
  {name: 'uncertain', label: 'where the reward model is least sure'},
  {name: 'random', label: 'by lot'},
  {name: 'gold', label: 'whose right answer is known'},
  {name: 'repeats', label: 'answered before, shown in another order'},
];
const KINDS = {
  pair: {label: 'which of two answers is better', what: 'two', least: 2, most: 2},
  ranking: {label: 'the order of three to nine answers', what: 'three to nine', least: 3, most: 9},
  rating: {label: 'numbers from 1 to 7 for each answer', what: 'two to nine', least: 2, most: 9},
};
const AXES = ['helpful', 'true', 'harmless'];
const FRESH = {answers: 2, answers_if_disputed: 3, uncertain: 0.15, random: 0.1, gold: 0.03, repeats: 0.05, daily_most: 0,
  reasons: ['truer', 'does what was asked', 'kinder', 'clearer', 'safer', 'shorter']};

/** What a new campaign begins with. */
const fresh = (kind) => ({...FRESH, kind, axes: kind === 'rating' ? AXES : []});

/** The lines of a field, without empty ones. */
const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** A plan from the fields of a form. */
function planOf(form, kind) {
  const given = new FormData(form);
  const number = (name) => Number(given.get(name));
  return {
    answers: number('answers'),
    answers_if_disputed: Math.max(number('answers'), number('answers_if_disputed')),
    ...Object.fromEntries(SHARES.map(({name}) => [name, number(name) / 100])),
    daily_most: number('daily_most'),
    reasons: lines(given.get('reasons')),
    kind,
    axes: kind === 'rating' ? lines(given.get('axes')) : [],
  };
}

function Count({name, label, value, least = 0, most}) {
  return html`<label for=${name}>${label}</label>
    <input id=${name} name=${name} type="number" min=${least} max=${most} step="1" required defaultValue=${value} />`;
}

function Plan({overview, saved, refused}) {
  const {campaign} = overview;
  const {plan} = campaign;
  const save = (form, isOpen) => api.post(`/api/campaigns/${campaign.id}`, {name: new FormData(form).get('title'), plan: planOf(form, plan.kind), open: isOpen})
    .then(saved, refused);
  return html`
    <form class="fields" onSubmit=${(event) => { event.preventDefault(); save(event.target, campaign.open); }}>
      <label for="title">Name</label><input id="title" name="title" maxlength="80" required defaultValue=${campaign.name} />
      <${Count} name="answers" label="Labelers asked each comparison" value=${plan.answers} least=${1} most=${50} />
      <${Count} name="answers_if_disputed" label="Labelers where the first disagree" value=${plan.answers_if_disputed} least=${1} most=${50} />
      ${SHARES.map(({name, label}) => html`<${Count} name=${name} label=${`Of a hundred questions, ${label}`} value=${Math.round(100 * plan[name])} most=${100} />`)}
      <${Count} name="daily_most" label="Most answers of one labeler in a day; 0 for any number" value=${plan.daily_most} most=${100000} />
      ${plan.kind === 'rating' && html`
        <label for="axes">What each answer is rated on, one a line; questions that are there keep theirs</label>
        <textarea id="axes" name="axes" rows="3" required defaultValue=${plan.axes.join('\n')}></textarea>`}
      <label for="reasons">Reasons that can be ticked, one a line</label>
      <textarea id="reasons" name="reasons" rows="6" defaultValue=${plan.reasons.join('\n')}></textarea>
      <span></span>
      <div class="row"><button class="primary">Save</button>
        <button type="button" class="quiet" onClick=${(event) => save(event.target.form, !campaign.open)}>${campaign.open ? 'Close it' : 'Open it again'}</button></div>
    </form>`;
}

function Guideline({overview, saved, refused}) {
  const {campaign} = overview;
  const [text, type] = useState(overview.guideline);
  useEffect(() => type(overview.guideline), [overview.guideline, campaign.id]);
  return html`
    <section>
      <h2>Guidelines</h2>
      <p class="facts">${campaign.guideline === 0 ? 'There are none yet.' : `Version ${campaign.guideline}.`} Labelers read them beside the
        question; each answer remembers the version. Headings with #, lists with -, <b>**bold**</b>.</p>
      <label class="spoken" for="guideline">Guidelines</label>
      <textarea id="guideline" rows="12" value=${text} onInput=${(event) => type(event.target.value)}></textarea>
      <div class="row"><button class="primary" disabled=${!text.trim() || text === overview.guideline}
        onClick=${() => api.post(`/api/campaigns/${campaign.id}/guidelines`, {text}).then(saved, refused)}>Save as version ${campaign.guideline + 1}</button></div>
    </section>`;
}

/** {questions} of JSON lines {"prompt", "completions": [a, b]}, or of {"prompt", "chosen", "rejected"}. */
export function questionsOf(text, kind) {
  const {what, least, most} = KINDS[kind];
  return text.split(/\r?\n/).filter((line) => line.trim()).map((line, at) => {
    let row;
    try {
      row = JSON.parse(line);
    } catch {
      throw new Error(`line ${at + 1} is no JSON`);
    }
    const completions = row?.completions ?? [row?.chosen, row?.rejected];
    if (typeof row?.prompt !== 'string' || completions.length < least || completions.length > most || completions.some((one) => typeof one !== 'string')) {
      throw new Error(`line ${at + 1} needs a prompt and ${what} completions`);
    }
    return {prompt: row.prompt, completions};
  });
}

function Questions({campaign, saved, refused}) {
  const [said, say] = useState('');
  const load = async (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (!file) return;
    try {
      const all = questionsOf(await file.text(), campaign.plan.kind);
      let added = 0;
      for (let from = 0; from < all.length; from += 1000) {
        added += (await api.post(`/api/campaigns/${campaign.id}/questions`, {questions: all.slice(from, from + 1000)})).added;
        say(`${added} of ${all.length} added`);
      }
      saved();
    } catch (wrong) {
      refused(new Error(`${file.name}: ${wrong.message}`));
    }
  };
  return html`
    <section>
      <h2>Questions</h2>
      <p class="facts">A file of JSON lines, each with a <code>prompt</code> and ${KINDS[campaign.plan.kind].what} <code>completions</code>. The same one twice is added once.
        ${' '}<code>./heed sample ${campaign.id === 1 ? '--compare' : `--campaign "${campaign.name}"`}</code> adds answers of models.</p>
      <label for="file">Add from a file</label>
      <input id="file" type="file" accept=".jsonl,.json,.txt" onChange=${load} />
      <p role="status">${said}</p>
    </section>`;
}

function Campaign({overview, ...told}) {
  const {campaign, progress} = overview;
  return html`
    <section>
      <h2>${campaign.name}${campaign.open ? '' : ' (closed)'}</h2>
      <p>Asks for ${KINDS[campaign.plan.kind].label}. ${plural(progress.comparisons, 'comparison')}, ${progress.done.toLocaleString('en')} done;
        ${' '}${plural(progress.preferences, 'answer')}; ${progress.disputed.toLocaleString('en')} disputed; ${progress.gold.toLocaleString('en')} with a known answer.</p>
      <${Plan} key=${campaign.id} overview=${overview} ...${told} />
    </section>
    <${Guideline} overview=${overview} ...${told} />
    <${Questions} campaign=${campaign} ...${told} />`;
}

function Page({account}) {
  const [all, setAll] = useState(null);
  const [chosen, choose] = useState(1);
  const [wrong, setWrong] = useState('');
  const refused = (refusal) => setWrong(refusal.message);
  const saved = () => {
    setWrong(''); // now: what goes wrong until the answer is there is to be seen
    return api.get('/api/campaigns').then(setAll, refused);
  };
  useEffect(() => { saved(); }, []);
  const overview = all?.find((one) => one.campaign.id === chosen);
  return html`
    <${Header} account=${account} />
    <main class="page">
      <h1>Campaigns</h1>
      ${all && html`
        <div class="tabs" role="group" aria-label="Campaigns">${all.map(({campaign}) => html`
          <button key=${campaign.id} class="quiet" aria-pressed=${campaign.id === chosen} onClick=${() => choose(campaign.id)}>${campaign.name}</button>`)}</div>`}
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      ${overview && html`<${Campaign} overview=${overview} saved=${saved} refused=${refused} />`}
      <section>
        <h2>Begin another</h2>
        <${Form} label="Begin" fields=${[
          {name: 'name', label: 'Its name', maxlength: 80},
          {name: 'kind', label: 'It asks for', choices: Object.entries(KINDS).map(([value, {label}]) => ({value, label}))},
        ]} send=${async ({name, kind}) => {
          const made = await api.post('/api/campaigns', {name, plan: fresh(kind)});
          choose(made.id);
          await saved();
        }} />
      </section>
    </main>`;
}

open(Page);
