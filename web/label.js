import {h} from 'preact';
import {useEffect, useReducer, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {keep, recall} from './kept.js';
import {Outbox} from './outbox.js';
import {SKIP_REASONS, Guide} from './extras.js';
import {open} from './shell.js';
import {Empty, Help, Judge, LabelHeader, Paused, choiceOfKey, spoken} from './views.js';

const html = htm.bind(h);
const HELD = 5; // comparisons asked for at once: what is held here, nobody else can have
const LOW = 3; // ask for more below this
const REMEMBERED = 20; // answers that can be taken back
const TOO_SOON_MS = 250; // after a question appears: no one has read it yet
const LOOK_AGAIN_MS = 3000;
const NOTHING = {comment: '', reasons: [], flagged: false};

/** A random UUID, also where crypto.randomUUID is missing (a page over plain HTTP from another machine). */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** Milliseconds that a question was really on the screen: time in another tab does not count. */
class Stopwatch {
  #spent = 0;
  #since = performance.now();

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (this.#since === Infinity) return;
      if (document.hidden) this.#spent += performance.now() - this.#since;
      this.#since = performance.now();
    });
  }

  start() {
    this.#spent = 0;
    this.#since = performance.now();
  }

  pause() {
    this.#spent = this.ms;
    this.#since = Infinity;
  }

  resume() {
    this.#since = performance.now();
  }

  get ms() {
    return Math.round(this.#spent + (document.hidden ? 0 : Math.max(0, performance.now() - this.#since)));
  }
}

/** What one labeler has before them, behind them, and on its way. Tells `changed` whenever any of it changes. */
class Session {
  #watch = new Stopwatch();
  #asking = false;

  constructor(labeler, changed) {
    this.labeler = labeler;
    this.changed = changed;
    this.outbox = new Outbox(labeler);
    this.outbox.changed = changed;
    this.outbox.accepted = (standing) => this.accepted(standing);
    this.ahead = []; // [0] is on the screen
    this.behind = recall('heed.answers.' + labeler, []); // {shown, id, choice, ms, note}
    this.assignments = [];
    this.campaign = recall('heed.campaign', 1);
    this.note = NOTHING;
    this.skipping = false;
    this.rewriting = null; // the text, while one is written
    this.paused = false;
    this.diff = recall('heed.diff', false);
    this.synced = recall('heed.synced', true);
    this.guide = recall('heed.guide', true);
    this.reopened = null; // index into behind
    this.standing = null;
    this.state = 'loading'; // then 'asking', 'empty' or 'away'
    this.said = ''; // for screen readers
  }

  /** The server has stored one of ours. */
  accepted(standing) {
    if ('remaining' in standing) this.standing = standing;
    if (this.state === 'away') this.ask();
  }

  get question() {
    return this.reopened === null ? this.ahead[0] : this.behind[this.reopened].shown;
  }

  /** What was said to the question before, where it is being corrected. */
  get before() {
    return this.reopened === null ? null : this.behind[this.reopened].choice;
  }

  get unsent() {
    return this.outbox.unsent;
  }

  get assignment() {
    return this.assignments.find((one) => one.campaign === this.campaign);
  }

  get reasons() {
    return this.assignment?.reasons ?? [];
  }

  spoken(choice) {
    return spoken(choice);
  }

  /** Learns which campaigns ask, and goes to one of them. */
  async #assign() {
    this.assignments = await api.assignments();
    if (!this.assignment) this.campaign = this.assignments[0]?.campaign ?? 1;
  }

  work(campaign) {
    this.campaign = campaign;
    keep('heed.campaign', campaign);
    this.ahead = [];
    this.standing = null;
    this.reopened = null;
    this.state = 'loading';
    this.changed();
    this.ask();
  }

  toggle(view) {
    this[view] = !this[view];
    keep('heed.' + view, this[view]);
    this.said = {diff: 'Differences', synced: 'Scrolling together', guide: 'Guidelines'}[view] + (this[view] ? ' on.' : ' off.');
    this.changed();
  }

  pause() {
    this.paused = !this.paused;
    if (this.paused) this.#watch.pause();
    else this.#watch.resume();
    this.changed();
  }

  #annotate(change) {
    this.note = {...this.note, ...change};
    if (this.reopened === null && this.question) keep('heed.draft.' + this.labeler, {comparison: this.question.comparison, note: this.note});
    this.changed();
  }

  comment(words) {
    this.#annotate({comment: words});
  }

  tick(reason) {
    const {reasons} = this.note;
    this.#annotate({reasons: reasons.includes(reason) ? reasons.filter((one) => one !== reason) : [...reasons, reason]});
  }

  flag() {
    this.said = this.note.flagged ? 'Not flagged.' : 'Flagged for the lead.';
    this.#annotate({flagged: !this.note.flagged});
  }

  startSkipping() {
    if (!this.question) return;
    this.skipping = true;
    this.said = 'Why skip it? 1 to 6, or X for no reason.';
    this.changed();
  }

  stopSkipping() {
    this.skipping = false;
    this.changed();
  }

  skip(reason) {
    this.skipping = false;
    if (reason) this.note = {...this.note, reasons: [reason]};
    this.answer('skip');
  }

  /** @param side begins with that answer; without one, with what was written before */
  startRewriting(side) {
    if (!this.question) return;
    const draft = recall('heed.rewrite.' + this.labeler, {});
    const before = draft.comparison === this.question.comparison ? draft.text : '';
    this.rewriting = side ? this.question[side] : before;
    this.changed();
  }

  rewrite(text) {
    this.rewriting = text;
    keep('heed.rewrite.' + this.labeler, {comparison: this.question.comparison, text});
    this.changed();
  }

  stopRewriting() {
    this.rewriting = null;
    this.changed();
  }

  /** Returns what is wrong with it, if anything. */
  saveRewrite() {
    const text = this.rewriting.trim();
    if (!text) return 'Write something first.';
    const {comparison, content, left, right} = this.question;
    if (text === left.trim() || text === right.trim()) return 'It is the same as before: change it, or leave it.';
    this.outbox.add({path: '/api/demonstrations', id: newId(), comparison, content, labeler: this.labeler, text, at: new Date().toISOString()});
    keep('heed.rewrite.' + this.labeler, {});
    this.rewriting = null;
    this.said = 'Your answer is saved. Which of the two is better?';
    this.changed();
    return null;
  }

  get progress() {
    if (!this.standing) return null;
    const onTheWay = this.unsent.filter((one) => !one.replaces).length;
    const total = this.standing.answered + this.standing.remaining;
    return {answered: Math.min(total, this.standing.answered + onTheWay), total};
  }

  /** Answers a minute, from the last ten; null before there are three. */
  get pace() {
    const times = this.behind.slice(-10).map((answer) => answer.ms).sort((a, b) => a - b);
    return times.length < 3 ? null : Math.round(60000 / Math.max(500, times[times.length >> 1]));
  }

  /** Asks for more where few are left. */
  async ask() {
    if (this.#asking || this.ahead.length >= LOW) return;
    this.#asking = true;
    try {
      if (!this.assignment || this.ahead.length === 0) await this.#assign();
      const {campaign} = this;
      const held = [...this.ahead, ...this.unsent].map((one) => one.comparison);
      const more = await api.comparisons(campaign, HELD, held);
      this.standing ??= await api.standing(campaign);
      if (campaign !== this.campaign) return;
      const known = new Set([...this.ahead, ...this.unsent].map((one) => one.comparison)); // answered meanwhile
      const first = this.ahead.length === 0;
      this.ahead.push(...more.filter((one) => !known.has(one.comparison)));
      if (this.ahead.length === 0) this.standing = await api.standing(campaign);
      this.state = this.ahead.length > 0 ? 'asking' : 'empty';
      if (first) this.#display();
    } catch (refusal) {
      if (this.ahead.length === 0) this.state = 'away';
    } finally {
      this.#asking = false;
      this.changed();
    }
  }

  #display() {
    this.skipping = false;
    this.rewriting = null;
    const draft = recall('heed.draft.' + this.labeler, {});
    this.note = this.reopened !== null ? this.behind[this.reopened].note ?? NOTHING
      : draft.comparison === this.question?.comparison ? draft.note : NOTHING;
    this.#watch.start();
    this.shownAt = performance.now();
    this.changed();
  }

  answer(choice) {
    const question = this.question;
    if (!question || performance.now() - this.shownAt < TOO_SOON_MS) return;
    const noted = this.reopened === null ? NOTHING : this.behind[this.reopened].note ?? NOTHING;
    if (choice === this.before && JSON.stringify(noted) === JSON.stringify(this.note)) {
      this.leave();
      return;
    }
    const replaced = this.reopened === null ? null : this.behind[this.reopened];
    const answer = {shown: question, id: newId(), choice, ms: this.#watch.ms, note: this.note};
    if (replaced) {
      this.behind[this.reopened] = answer;
      this.reopened = null;
    } else {
      this.behind.push(answer);
      this.ahead.shift();
    }
    this.behind = this.behind.slice(-REMEMBERED);
    keep('heed.answers.' + this.labeler, this.behind);
    this.outbox.add({
      id: answer.id,
      comparison: question.comparison,
      content: question.content,
      labeler: this.labeler,
      choice,
      shown_ms: answer.ms,
      at: new Date().toISOString(),
      replaces: replaced ? replaced.id : null,
      ...this.note,
    });
    document.activeElement?.closest?.('.notes, .skipping') && document.activeElement.blur();
    this.said = (replaced ? 'Corrected: ' : '') + spoken(choice) + '.';
    if (this.ahead.length === 0) this.state = 'loading';
    this.#display();
    this.ask();
  }

  get canUndo() {
    return (this.reopened ?? this.behind.length) > 0;
  }

  /** What undo would reopen, as it was answered. */
  get last() {
    return this.behind[(this.reopened ?? this.behind.length) - 1]?.choice;
  }

  reopen(index) {
    this.reopened = index;
    this.said = 'Back to an earlier comparison. You said: ' + spoken(this.before) + '.';
    this.#display();
  }

  /** Shows the last answer's question again; once more, the one before. Until it is answered anew, the old answer stands. */
  undo() {
    if (!this.canUndo) return;
    this.reopen((this.reopened ?? this.behind.length) - 1);
  }

  /** Leaves a reopened question as it was answered. */
  leave() {
    if (this.reopened === null) return;
    this.reopened = null;
    this.said = 'Kept as it was.';
    this.#display();
  }
}

/** Whether keys belong to something else: a field, or an open dialog wherever the focus is. */
function isTaken(target) {
  return document.querySelector('dialog[open]') || target.closest?.('input, textarea, select, [contenteditable]');
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
  const choice = session.skipping ? null : choiceOfKey(event);
  const action = choice ? () => session?.answer(choice) : actions[event.key] ?? actions[event.key.toLowerCase()];
  if (!action || (event.key === 'Enter' && event.target.closest?.('button, a'))) return;
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
    return () => clearInterval(again);
  }, []);

  useEffect(() => {
    const listener = (event) => event.key === 'Escape' && event.target.id === 'comment' ? event.target.blur() : onKey(event, session, {
      Backspace: () => session.undo(),
      Enter: () => session.leave(),
      Escape: () => session.skipping ? session.stopSkipping() : session.leave(),
      x: () => session.startSkipping(),
      f: () => session.question && session.flag(),
      c: () => document.getElementById('comment')?.focus(),
      e: () => session.startRewriting(),
      d: () => session.toggle('diff'),
      s: () => session.toggle('synced'),
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
    <${Help} dialog=${help} />
    <div class="spoken" role="status" aria-live="polite">${session.said}</div>
  `;
}

open(Page);
