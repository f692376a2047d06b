import {h} from 'preact';
import {useEffect, useRef} from 'preact/hooks';
import htm from 'htm';
import {LETTERS, places, textsOf} from './grading.js';

const html = htm.bind(h);

/** All completions of a question, each with what `below` draws under it. What is marked has the keyboard's focus. */
export function Cards({session, below, slotOf}) {
  const {question, grading} = session;
  const asked = useRef(null);
  const shown = question.comparison + '.' + session.reopened;
  useEffect(() => {
    const held = document.activeElement;
    const isNew = asked.current !== shown; // what is asked comes first, then the answers
    asked.current = shown;
    if (isNew) scrollTo(0, 0);
    if (held === document.body || held?.closest('.cards')) document.getElementById('slot-' + grading.at)?.focus({preventScroll: isNew});
  }, [shown, grading.at]);
  return html`
    <div class=${`cards${grading.axes.length ? ' rated' : ''}${grading.count === 4 ? ' four' : ''}`} role="group" aria-label="The answers" aria-describedby="prompt">
      ${textsOf(question).map((text, card) => html`
        <article key=${card} class="answer card" aria-labelledby=${'answer-' + card} ...${slotOf?.(card)}>
          <h2 id=${'answer-' + card}><span class="letter" aria-hidden="true">${LETTERS[card]}</span><span class="spoken">Answer ${LETTERS[card]}</span></h2>
          ${text.trim() ? html`<p dir="auto">${text}</p>` : html`<p class="nothing">(says nothing)</p>`}
          ${below(card)}
        </article>`)}
    </div>`;
}

/** What makes an element the place of a slot: it can have the focus, and whoever has it is marked. */
export function slotOf(session, slot) {
  return {
    id: 'slot-' + slot,
    tabindex: 0,
    'data-marked': session.grading.at === slot ? 'true' : undefined,
    onFocus: () => session.go(slot),
  };
}

/** The numbers that a slot can have, to press; a keyboard has its own. */
export function Numbers({session, slot, label}) {
  const {most, values, axes} = session.grading;
  const columns = axes.length || most <= 6 ? most : Math.ceil(most / 2);
  return html`
    <div class=${`numbers in${columns}${axes.length ? ' joined' : ''}`} role="group" aria-label=${label}>
      ${Array.from({length: most}, (_, at) => at + 1).map((number) => html`
        <button key=${number} tabindex="-1" aria-label=${`${label}: ${number}`} aria-pressed=${String(values[slot] === number)}
          onClick=${() => session.gradeAt(slot, number)}>${number}</button>`)}
    </div>`;
}

/** What is said so far, and what sends it. */
export function Submit({session}) {
  const {values, axes} = session.grading;
  const given = values.filter((value) => value !== null).length;
  return html`
    <div class="submit">
      <p class="order">${axes.length === 0 && places(values).map((letters, at) => html`${at > 0 && html`<span class="soft"> › </span>`}<b>${letters.join(' = ')}</b>`)}
        <span class="facts">${given === 0 && axes.length === 0 ? '1 is the best; the same number is a tie' : `${given} of ${values.length} ${axes.length ? 'rated' : 'placed'}`}</span></p>
      <button class="primary" aria-disabled=${String(given < values.length)} onClick=${() => session.submit()}>Done <kbd>Enter</kbd></button>
    </div>`;
}
