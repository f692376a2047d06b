import {h} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {short} from './curves.js';
import {difference} from './diff.js';
import {may, plural} from './shell.js';
import {Heat, LENSES, most, useTokens} from './tokens.js';

const html = htm.bind(h);
const AT_ONCE = 12; // prompts shown, and as many more each time

const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : null);

const Facts = ({score, kl, words}) => html`
  <span class="measures">
    ${score !== null && html`<span title="score of the reward model">score <b>${short(score)}</b></span>`}
    ${kl !== null && html`<span title="nats from the reference">KL <b>${short(kl)}</b></span>`}
    <span title="words">${short(words)} words</span>
  </span>`;

const Words = ({parts}) => html`<p class="told">${parts.length === 0
  ? html`<em>nothing</em>`
  : parts.map(({text, own}) => (own ? html`<mark>${text}</mark>` : text))}</p>`;

/** Two answers to one prompt, what differs marked; a lead puts them before people. */
function Pair({run, number, prompts, steps, account}) {
  const [told, setTold] = useState('');
  const [lens, setLens] = useState(null);
  const {tokens, wrong} = useTokens(run, number, steps, lens !== null);
  const prompt = prompts[number];
  const answers = steps.map((step) => prompt.answers.find((answer) => answer.step === step));
  useEffect(() => setTold(''), [run, number, ...steps]);
  if (answers.includes(undefined)) return null;
  const parts = difference(answers[0].completion, answers[1].completion);
  const ask = (wanted) => api.post(`/api/runs/${encodeURIComponent(run)}/comparisons`, {before: steps[0], after: steps[1], prompts: wanted}).then(
    ({comparisons, same}) => setTold(`${plural(comparisons, 'comparison')} now ${comparisons === 1 ? 'waits' : 'wait'} for labelers${same ? `; ${plural(same, 'answer')} did not change` : ''}.`),
    (refusal) => setTold(refusal.message + '.'));
  return html`
    <div class="pair">
      <p class="asked">${prompt.prompt}</p>
      <div class="row lenses" role="group" aria-label="What is shown of the answers">
        <button class="quiet" aria-pressed=${lens === null} onClick=${() => setLens(null)}>Words</button>
        ${LENSES.filter((one) => !tokens || tokens.flat().some((token) => one.of(token) !== null)).map((one) => html`
          <button class="quiet" key=${one.name} aria-pressed=${lens === one} onClick=${() => setLens(one)}>${one.label}</button>`)}
        ${lens && html`<span class="facts">${lens.what}</span>`}
      </div>
      ${lens && wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      <div class="answers">${answers.map((answer, i) => html`
        <article class="answer">
          <h3>Step ${answer.step.toLocaleString('en')}</h3>
          ${lens && tokens ? html`<${Heat} tokens=${tokens[i]} lens=${lens} largest=${most(tokens, lens)} />` : html`<${Words} parts=${parts[i]} />`}
          <${Facts} ...${answer} />${!answer.ended && html`<p class="measures">cut off</p>`}
        </article>`)}</div>
      ${may(account, 'lead') && html`
        <div class="row">
          <button class="primary" onClick=${() => ask([number])}>Ask people about these two</button>
          <button class="quiet" onClick=${() => ask([])}>about all ${plural(prompts.length, 'prompt')} at these steps</button>
          <span role="status">${told}</span>
        </div>
        <p class="facts">People see neither run nor step, and the sides in an order of chance.</p>`}
    </div>`;
}

/** Fixed prompts over time. `seen` changes when there is more. */
export function Samples({run, seen, account}) {
  const [samples, setSamples] = useState(null);
  const [wrong, setWrong] = useState('');
  const [chosen, setChosen] = useState({number: 0, steps: null});
  const [shown, setShown] = useState(AT_ONCE);
  useEffect(() => {
    let current = true;
    api.get(`/api/runs/${encodeURIComponent(run)}/samples`).then((got) => current && setSamples(got), (refusal) => current && setWrong(refusal.message));
    return () => { current = false; };
  }, [run, seen]);
  if (wrong) return html`<p class="wrong" role="alert">${wrong}</p>`;
  if (!samples) return null;
  const {steps, prompts} = samples;
  if (prompts.length === 0) return html`<p class="facts">This run has not answered its fixed prompts yet.</p>`;
  const two = chosen.steps ?? [steps[0], steps.at(-1)];
  const choose = (number, step) => {
    if (number !== chosen.number) setChosen({number, steps: [step === steps[0] ? steps.at(-1) : steps[0], step]});
    else if (!two.includes(step)) setChosen({number, steps: [two[1], step]});
  };
  const at = (step, what) => mean(prompts.flatMap((prompt) => prompt.answers.filter((answer) => answer.step === step && answer[what] !== null).map((answer) => answer[what])));
  return html`
    <${Pair} run=${run} number=${chosen.number} prompts=${prompts} steps=${[...two].sort((a, b) => a - b)} account=${account} />
    <div class="scroll samples" tabindex="0" role="region" aria-label="Answers over time"><table>
      <thead><tr><th>Prompt</th>${steps.map((step) => html`
        <th key=${step}>Step ${step.toLocaleString('en')}<${Facts} score=${at(step, 'score')} kl=${at(step, 'kl')} words=${at(step, 'words')} /></th>`)}</tr></thead>
      <tbody>${prompts.slice(0, shown).map((prompt, number) => html`
        <tr key=${number}>
          <th scope="row">${prompt.prompt}</th>
          ${steps.map((step) => {
            const answer = prompt.answers.find((one) => one.step === step);
            return html`<td key=${step}>${answer && html`
              <button class="cell" aria-pressed=${number === chosen.number && two.includes(step)} onClick=${() => choose(number, step)}>
                <span class="clipped">${answer.completion || '(nothing)'}</span><${Facts} ...${answer} /></button>`}</td>`;
          })}
        </tr>`)}</tbody>
    </table></div>
    ${shown < prompts.length && html`<p><button class="quiet" onClick=${() => setShown(shown + AT_ONCE)}>Show more: ${plural(prompts.length - shown, 'prompt')} left</button></p>`}`;
}
