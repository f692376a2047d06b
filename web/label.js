import {h} from 'preact';
import {useEffect, useReducer, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {choiceOfKey} from './choices.js';
import {SKIP_REASONS, Guide} from './extras.js';
import {Session} from './session.js';
import {open, style} from './shell.js';
import {Empty, Help, Judge, LabelHeader, Paused} from './views.js';

const html = htm.bind(h);
const LOOK_AGAIN_MS = 3000;
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

/** Whether keys belong to something else: a field, or an open dialog wherever the focus is. */
function isTaken(target) {
  return document.querySelector('dialog[open]') || target.closest?.('input, textarea, select, [contenteditable]');
}

/** What a key does to a completion that is ranked or rated, whatever the layout: on some, digits need Shift. */
function gradeOf(event, session) {
  const digit = Number(/^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1] ?? event.key);
  if (digit >= 1 && digit <= 9) return () => session.grade(digit);
  return ARROWS[event.key] ? () => session.move(...ARROWS[event.key]) : null;
}

function onKey(event, session, actions) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTaken(event.target)) return;
  if (document.querySelector('.inside[hidden]')) return; // nobody is signed in
  if (event.repeat) {
    if (event.target.closest?.('button')) event.preventDefault(); // a held Enter would press the button again and again
    return;
  }
  if (session.skipping) {
    const reason = SKIP_REASONS[Number(/^(?:Digit|Numpad)([1-6])$/.exec(event.code)?.[1]) - 1];
    if (reason || event.key.toLowerCase() === 'x') {
      event.preventDefault();
      session.skip(reason ?? '');
      return;
    }
  }
  if (session.paused) {
    event.preventDefault();
    session.pause();
    return;
  }
  const grade = session.skipping || !session.grading ? null : gradeOf(event, session);
  const choice = session.skipping || grade ? null : choiceOfKey(event, session.kind);
  const action = grade ?? (choice ? () => session?.answer(choice) : actions[event.key] ?? actions[event.key.toLowerCase()]);
  if (!action || (event.key === 'Enter' && event.target.closest?.('button:not(.numbers *), a'))) return;
  event.preventDefault();
  action();
}

function Page({account}) {
  const [, changed] = useReducer((count) => count + 1, 0);
  const [status, setStatus] = useState(null);
  const kept = useRef(null);
  const help = useRef(null);
  kept.current ??= new Session(account.name, changed);
  const session = kept.current;

  useEffect(() => {
    session.ask();
    const again = setInterval(() => {
      if (session.state === 'empty' || session.state === 'away') {
        session.ask();
        api.status().then(setStatus, () => {});
      }
    }, LOOK_AGAIN_MS);
    return () => {
      clearInterval(again);
      session.close();
    };
  }, []);

  useEffect(() => {
    const listener = (event) => event.key === 'Escape' && event.target.id === 'comment' ? event.target.blur() : onKey(event, session, {
      Backspace: () => session.undo(),
      Enter: () => session.grading ? session.submit() : session.leave(),
      Escape: () => session.skipping ? session.stopSkipping() : session.leave(),
      x: () => session.startSkipping(),
      f: () => session.question && session.flag(),
      c: () => document.getElementById('comment')?.focus(),
      e: () => session.startRewriting(),
      d: () => session.kind === 'pair' && session.toggle('diff'),
      s: () => session.kind === 'pair' && session.toggle('synced'),
      g: () => session.toggle('guide'),
      p: () => session.pause(),
      '?': () => help.current?.showModal(),
      t: () => window.toggleTheme(),
    });
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);

  return html`
    <${LabelHeader} account=${account} session=${session} help=${() => help.current.showModal()} />
    ${session.paused ? html`<${Paused} session=${session} />` : session.question
      ? html`<div class=${'work' + (session.guide && session.assignment?.version ? ' guided' : '')}>
          <div class="desk"><${Judge} session=${session} /></div>
          ${session.guide && session.assignment?.version > 0 && html`<${Guide} assignment=${session.assignment} close=${() => session.toggle('guide')} />`}
        </div>`
      : html`<${Empty} session=${session} status=${status} />`}
    <${Help} dialog=${help} kind=${session.kind ?? 'pair'} />
    <div class="spoken" role="status" aria-live="polite">${session.said}</div>
  `;
}

await style('/web/cards.css');
open(Page);
