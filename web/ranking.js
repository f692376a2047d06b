import {h} from 'preact';
import htm from 'htm';
import {Cards, Numbers, slotOf} from './cards.js';
import {LETTERS} from './grading.js';

const html = htm.bind(h);

/** Several completions, each to be given its place: 1 is the best, the same number a tie. */
export function Ranking({session}) {
  return html`
    <${Cards} session=${session} slotOf=${(card) => slotOf(session, card)}
      below=${(card) => html`<${Numbers} session=${session} slot=${card} label=${'Place of ' + LETTERS[card]} />`} />`;
}
