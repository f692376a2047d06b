import * as api from './api.js';
import {spokenAnswer} from './choices.js';
import {Grading, kindOf, textsOf} from './grading.js';
import {keep, recall} from './kept.js';
import {Outbox} from './outbox.js';

const HELD = 5; // comparisons asked for at once: what is held here, nobody else can have
const LOW = 3; // ask for more below this
const REMEMBERED = 20; // answers that can be taken back
const TOO_SOON_MS = 250; // after a question appears: no one has read it yet
const NOTHING = {comment: '', reasons: [], flagged: false};

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
export class Session {
  #watch = new Stopwatch();
  #asking = false;
  #answers; // where they are kept
  #elsewhere = new Set(); // answered in other tabs since this one last asked
  #open = new AbortController();

  constructor(labeler, changed) {
    this.labeler = labeler;
    this.#answers = 'heed.answers.' + labeler;
    this.changed = changed;
    this.outbox = new Outbox(labeler);
    this.outbox.changed = changed;
    this.outbox.accepted = (standing) => this.accepted(standing);
    addEventListener('storage', (event) => event.key === this.#answers && this.#answeredElsewhere(), {signal: this.#open.signal});
    this.ahead = []; // [0] is on the screen
    this.behind = recall(this.#answers, []); // {shown, id, choice, ms, note, given}
    this.assignments = [];
    this.campaign = recall('heed.campaign', 1);
    this.note = NOTHING;
    this.grading = null; // of several completions: what is said to each so far
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

  close() {
    this.#open.abort();
    this.outbox.close();
  }

  /** In another tab this labeler has answered or corrected something: it is not asked here again. */
  #answeredElsewhere() {
    const {question} = this;
    const before = this.reopened === null ? null : this.behind[this.reopened];
    const known = new Set(this.behind.map((one) => one.id));
    this.behind = recall(this.#answers, []);
    this.behind.filter((one) => !known.has(one.id)).forEach((one) => this.#elsewhere.add(one.shown.comparison));
    this.ahead = this.ahead.filter((one) => !this.#elsewhere.has(one.comparison));
    const at = before ? this.behind.findIndex((one) => one.shown.comparison === before.shown.comparison) : -1;
    this.reopened = at < 0 ? null : at;
    if (this.ahead.length === 0 && this.state === 'asking') this.state = 'loading';
    if (question?.comparison !== this.question?.comparison || (before && this.behind[at]?.id !== before.id)) this.#display();
    else this.changed();
    this.ask();
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

  get kind() {
    return this.question ? kindOf(this.question) : null;
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
    this.#keepDraft();
  }

  #keepDraft() {
    if (this.reopened === null && this.question) {
      keep('heed.draft.' + this.labeler, {comparison: this.question.comparison, note: this.note, given: this.grading?.given});
    }
    this.changed();
  }

  /** Gives the focused completion a rank or a rating, and goes on to the next that has none. */
  grade(number) {
    if (!this.grading || performance.now() - this.shownAt < TOO_SOON_MS) return;
    const said = this.grading.give(number);
    if (said) this.said = said;
    this.#keepDraft();
  }

  /** As `grade`, of one that is pointed at. */
  gradeAt(slot, number) {
    this.grading.go(slot);
    this.grade(number);
  }

  /** Goes to another completion, or to another axis of the same one. */
  move(cards, axes) {
    this.grading?.move(cards, axes);
    this.changed();
  }

  go(slot) {
    if (this.grading.at === slot) return;
    this.grading.go(slot);
    this.changed();
  }

  /** Sends what was said to each, once that is whole. */
  submit() {
    if (!this.grading) return;
    const missing = this.grading.missing();
    if (missing) {
      this.said = missing;
      this.grading.goToMissing();
      this.changed();
      return;
    }
    this.answer(this.kind === 'ranking' ? 'ranked' : 'rated');
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

  /** @param place begins with the answer that stands there; without one, with what was written before */
  startRewriting(place) {
    if (!this.question) return;
    const draft = recall('heed.rewrite.' + this.labeler, {});
    const before = draft.comparison === this.question.comparison ? draft.text : '';
    this.rewriting = place === undefined ? before : textsOf(this.question)[place];
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
    const {comparison, content} = this.question;
    if (textsOf(this.question).some((one) => one.trim() === text)) return 'It is the same as before: change it, or leave it.';
    this.outbox.add({path: '/api/demonstrations', id: api.newId(), comparison, content, labeler: this.labeler, text, at: new Date().toISOString()});
    keep('heed.rewrite.' + this.labeler, {});
    this.rewriting = null;
    this.said = 'Your answer is saved. Now judge those that were given.';
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
    this.#elsewhere.clear();
    try {
      if (!this.assignment || this.ahead.length === 0) await this.#assign();
      const {campaign} = this;
      const held = [...this.ahead, ...this.unsent].map((one) => one.comparison);
      const more = await api.comparisons(campaign, HELD, held);
      this.standing ??= await api.standing(campaign);
      if (campaign !== this.campaign) return;
      const known = new Set([...this.ahead, ...this.unsent].map((one) => one.comparison)); // answered meanwhile
      const first = this.ahead.length === 0;
      this.ahead.push(...more.filter((one) => !known.has(one.comparison) && !this.#elsewhere.has(one.comparison)));
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
    const begun = this.reopened !== null ? this.behind[this.reopened]
      : draft.comparison === this.question?.comparison ? draft : {};
    this.note = begun.note ?? NOTHING;
    this.grading = this.question && this.kind !== 'pair' ? new Grading(this.question, begun.given) : null;
    this.#watch.start();
    this.shownAt = performance.now();
    this.changed();
  }

  answer(choice) {
    const question = this.question;
    if (!question || performance.now() - this.shownAt < TOO_SOON_MS) return;
    const noted = this.reopened === null ? NOTHING : this.behind[this.reopened].note ?? NOTHING;
    const given = ['ranked', 'rated'].includes(choice) ? this.grading.given : {};
    const replaced = this.reopened === null ? null : this.behind[this.reopened];
    if (choice === this.before && JSON.stringify([noted, replaced.given ?? {}]) === JSON.stringify([this.note, given])) {
      this.leave();
      return;
    }
    const answer = {shown: question, id: api.newId(), choice, ms: this.#watch.ms, note: this.note, given};
    if (replaced) {
      this.behind[this.reopened] = answer;
      this.reopened = null;
    } else {
      this.behind = [...recall(this.#answers, this.behind), answer]; // with what was answered in another tab just now
      this.ahead.shift();
    }
    this.behind = this.behind.slice(-REMEMBERED);
    keep(this.#answers, this.behind);
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
      ...given,
    });
    document.activeElement?.closest?.('.notes, .skipping') && document.activeElement.blur();
    this.said = (replaced ? 'Corrected: ' : '') + spokenAnswer(answer) + '.';
    if (this.ahead.length === 0) this.state = 'loading';
    this.#display();
    this.ask();
  }

  get canUndo() {
    return (this.reopened ?? this.behind.length) > 0;
  }

  /** What undo would reopen, as it was answered. */
  get last() {
    return this.behind[(this.reopened ?? this.behind.length) - 1];
  }

  reopen(index) {
    this.reopened = index;
    this.said = 'Back to an earlier comparison. You said: ' + spokenAnswer(this.behind[index]) + '.';
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
