import {send} from './api.js';
import {forget, keep, keys, recall} from './kept.js';

const UNSENT = 'heed.unsent.';
const REFUSED = 'heed.refused.';
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Preferences and rewritten answers on their way. Each is kept in the browser before anything is sent and until the server has said that it is
 * on its disk; resent with the same id, it is stored once. First in, first out, so that a correction comes after what it
 * corrects. Each has a key of its own, so that two tabs never overwrite each other's.
 */
export class Outbox {
  #sending = false;
  #waitMs = FIRST_WAIT_MS;
  #timer = 0;
  #open = new AbortController();

  /** Called after every change. */
  changed = () => {};
  /** Called with the server's answer to each, and with what was sent. */
  accepted = () => {};
  /** Whether the last attempt reached nobody. */
  away = false;

  /** @param labeler whose: those of others who used this browser wait for them */
  constructor(labeler) {
    this.labeler = labeler;
    const {signal} = this.#open;
    addEventListener('online', () => this.#atOnce(), {signal});
    document.addEventListener('visibilitychange', () => document.hidden || this.#atOnce(), {signal});
    addEventListener('storage', (event) => event.key?.startsWith(UNSENT) && this.changed(), {signal});
    this.#flush();
  }

  /** Sends nothing more: another has signed in, who must not be taken for this one. */
  close() {
    this.#open.abort();
    clearTimeout(this.#timer);
  }

  get unsent() {
    return this.#mine().map((key) => recall(key));
  }

  #mine() {
    return keys(UNSENT).filter((key) => recall(key)?.labeler === this.labeler);
  }

  /** {preference, why}: what the server will never take. */
  get refused() {
    return keys(REFUSED).map((key) => recall(key)).filter((one) => one?.preference.labeler === this.labeler);
  }

  add(preference) {
    keep(UNSENT + this.#next(), preference);
    this.changed();
    if (!this.#timer) this.#flush();
  }

  /** A key after all others, even where the clock was set back. */
  #next() {
    const last = keys(UNSENT).at(-1) ?? '';
    const number = Math.max(Date.now(), Number(last.slice(UNSENT.length).split('.')[0]) + 1);
    return String(number).padStart(15, '0') + '.' + Math.random().toString(36).slice(2);
  }

  forgetRefused() {
    this.refused.forEach((one) => forget(REFUSED + one.preference.id));
    this.changed();
  }

  #atOnce() {
    this.#waitMs = FIRST_WAIT_MS;
    this.#flush();
  }

  async #flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#sending) return;
    this.#sending = true;
    for (let [key] = this.#mine(); key && !this.#timer && !this.#open.signal.aborted; [key] = this.#mine()) {
      await this.#sendOne(key, recall(key));
    }
    this.#sending = false;
  }

  async #sendOne(key, preference) {
    try {
      const standing = await send(preference);
      forget(key);
      this.away = false;
      this.#waitMs = FIRST_WAIT_MS;
      this.accepted(standing, preference);
    } catch (refusal) {
      if (refusal.passing) {
        this.away = true;
        if (this.#open.signal.aborted) return;
        this.#timer = setTimeout(() => this.#flush(), this.#waitMs * (0.75 + Math.random() / 2));
        this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
      } else {
        keep(REFUSED + preference.id, {preference, why: refusal.message});
        forget(key);
      }
    }
    this.changed();
  }
}
