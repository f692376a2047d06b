import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import {spokenAnswer} from './choices.js';
import {LETTERS, best, textsOf} from './grading.js';
import {Markdown} from './markdown.js';

const html = htm.bind(h);
export const SKIP_REASONS = ['unclear prompt', 'both the same', 'wrong language', 'unsafe', 'too long', 'something else'];

/** What a labeler adds to an answer: ticked reasons, words, a flag for the lead. */
export function Notes({session}) {
  const {note, reasons} = session;
  return html`
    <div class="notes">
      <div class="chips" role="group" aria-label="Reasons">
        ${reasons.map((reason) => html`
          <button key=${reason} class="chip" aria-pressed=${String(note.reasons.includes(reason))} onClick=${() => session.tick(reason)}>${reason}</button>`)}
        <button class="chip flag" aria-pressed=${String(note.flagged)} onClick=${() => session.flag()}>Flag <kbd>F</kbd></button>
      </div>
      <div class="comment">
        <label class="spoken" for="comment">Comment</label>
        <textarea id="comment" rows="1" maxlength="4000" placeholder="A comment, if you like (C; Esc leaves it)" value=${note.comment}
          onInput=${(event) => session.comment(event.target.value)}></textarea>
      </div>
    </div>`;
}

/** Asks why a comparison is skipped: 1 to 6, or X again for no reason. */
export function SkipMenu({session}) {
  const first = useRef(null);
  useEffect(() => first.current.focus(), []);
  return html`
    <div class="skipping" role="group" aria-label="Why skip it?">
      <span>Skip, because:</span>
      ${SKIP_REASONS.map((reason, at) => html`
        <button ref=${at === 0 ? first : null} class="chip" onClick=${() => session.skip(reason)}>${reason} <kbd>${at + 1}</kbd></button>`)}
      <button class="chip" onClick=${() => session.skip('')}>no reason <kbd>X</kbd></button>
      <button class="quiet" onClick=${() => session.stopSkipping()}>Do not skip <kbd>Esc</kbd></button>
    </div>`;
}

/** The guidelines of the campaign, beside the question. */
export function Guide({assignment, close}) {
  return html`
    <aside class="guide" aria-label="Guidelines" tabindex="0">
      <div class="row"><h2>Guidelines</h2><button class="quiet" onClick=${close}>Hide <kbd>G</kbd></button></div>
      <p class="eyebrow">Version ${assignment.version}</p>
      <${Markdown} text=${assignment.guideline} />
    </aside>`;
}

/** Writes a better answer, from one of those that were given or from nothing. */
export function Rewrite({session}) {
  const {rewriting} = session;
  const field = useRef(null);
  const [wrong, setWrong] = useState('');
  useEffect(() => field.current.focus(), []);
  const save = () => {
    const problem = session.saveRewrite();
    setWrong(problem ?? '');
  };
  const begin = (place) => {
    session.startRewriting(place);
    field.current.focus();
  };
  const onKey = (event) => {
    if (event.key === 'Escape') session.stopRewriting();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
  };
  return html`
    <section class="rewrite" aria-labelledby="rewrite">
      <div class="row"><h2 id="rewrite">A better answer, in your words</h2>
        ${textsOf(session.question).map((text, place) => html`
          <button class="quiet" onClick=${() => begin(place)}>Begin with ${LETTERS[place]}</button>`)}</div>
      <label class="spoken" for="better">Your answer</label>
      <textarea id="better" ref=${field} rows="6" maxlength="20000" value=${rewriting} onKeyDown=${onKey}
        onInput=${(event) => session.rewrite(event.target.value)}></textarea>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      <div class="row"><button class="primary" onClick=${save}>Save <kbd>Ctrl</kbd> <kbd>Enter</kbd></button>
        <button class="quiet" onClick=${() => session.stopRewriting()}>Leave it <kbd>Esc</kbd></button></div>
    </section>`;
}

/** What was said last, newest last; each can be opened again. */
export function Rail({session}) {
  const from = Math.max(0, session.behind.length - 10);
  return html`
    <ol class="rail" aria-label="Your last answers">
      ${session.behind.slice(from).map((answer, at) => html`
        <li key=${answer.id}><button class=${'past ' + answer.choice} aria-current=${session.reopened === from + at ? 'true' : undefined}
          aria-label=${`${session.behind.length - from - at} back: ${spokenAnswer(answer)}. Open it again`} title=${spokenAnswer(answer)}
          onClick=${() => session.reopen(from + at)}>${SIGNS[answer.choice] ?? best(answer.given)}</button></li>`)}
    </ol>`;
}

const SIGNS = {left_much: 'A++', left: 'A+', left_slightly: 'A', tie: '=', right_slightly: 'B', right: 'B+', right_much: 'B++', both_bad: '0', skip: '–'};
