import {h} from 'preact';
import htm from 'htm';
import {Cards, Numbers, slotOf} from './cards.js';

const html = htm.bind(h);

/** Several completions, each to be rated from 1 to 7 on every axis. */
export function Rating({session}) {
  const {slots} = session.grading;
  return html`
    <${Cards} session=${session} below=${(card) => html`
      <div class="axes">${slots.map((slot, at) => slot.card === card && html`
        <div key=${slot.axis} class="axis" role="group" aria-label=${`${slot.letter}, ${slot.axis}`} ...${slotOf(session, at)}>
          <span class="named" aria-hidden="true">${slot.axis}</span>
          <${Numbers} session=${session} slot=${at} label=${`${slot.letter}, ${slot.axis}`} />
        </div>`)}</div>`} />`;
}
