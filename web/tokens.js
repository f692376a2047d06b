import {h} from 'preact';
import {useEffect, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';

const html = htm.bind(h);
const STRONGEST = 55; // per cent of colour; beyond, text is hard to read

/** What can be seen of each token. */
export const LENSES = [
  {name: 'ratio', label: 'Against the reference', of: (token) => token.log_prob - token.ref_log_prob,
    what: 'Nats by which the policy finds a token likelier than the reference does. Summed over an answer, that is its KL.'},
  {name: 'reward', label: 'Reward', of: (token) => token.reward,
    what: 'What a token received: the score on the last one, less the price of straying from the reference on each.'},
  {name: 'advantage', label: 'Advantage', of: (token) => token.advantage,
    what: 'By how much what followed was better than the critic foresaw, in standard deviations: what PPO makes likelier or rarer.'},
];

/** The tokens of a run's answers to a prompt, at each of these steps; null until they are there. */
export function useTokens(run, number, steps, wanted) {
  const [told, setTold] = useState({});
  const key = `${run} ${number} ${steps}`;
  useEffect(() => {
    if (!wanted) return;
    Promise.all(steps.map((step) => api.get(`/api/runs/${encodeURIComponent(run)}/samples/${number}`, {step})))
      .then((tokens) => setTold({key, tokens}), (refusal) => setTold({key, wrong: refusal.message + '.'}));
  }, [key, wanted]);
  return told.key === key ? told : {};
}

/** The largest size of what is seen, so that answers beside each other have one scale. */
export const most = (answers, lens) => Math.max(1e-9, ...answers.flat().map((token) => Math.abs(lens.of(token) ?? 0)));

/** An answer whose tokens are as strongly coloured as their numbers are large; the numbers stand beneath. */
export function Heat({tokens, lens, largest}) {
  return html`<p class="heat">${tokens.map((token, at) => {
    const value = lens.of(token);
    const strength = Math.round(STRONGEST * Math.abs(value) / largest);
    return html`<ruby key=${at} class=${value < 0 ? 'less' : 'more'} style=${{'--strength': strength + '%'}}>${token.text || '‹end›'}<rt>${
      value.toFixed(2).replace('-', '−')}</rt></ruby>`;
  })}</p>`;
}
