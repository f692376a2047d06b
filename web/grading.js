/** Completions by the letters under which a labeler sees them. */
export const LETTERS = [...'ABCDEFGHI'];
const HIGHEST = 7; // of a rating

export const textsOf = (question) => [question.left, question.right, ...(question.more ?? [])];

/** What is asked: 'pair', 'ranking' or 'rating'. */
export const kindOf = (question) => (question.axes?.length ? 'rating' : question.more?.length ? 'ranking' : 'pair');

/**
 * An answer to a comparison of several completions while it is being given. It has a slot for each completion, or for each
 * completion and axis, in the order in which they are read; one of them is marked.
 */
export class Grading {
  /** @param given what was said before, as the server takes it; may be missing */
  constructor(question, given) {
    this.count = textsOf(question).length;
    this.axes = question.axes ?? [];
    this.most = this.axes.length ? HIGHEST : this.count;
    this.slots = LETTERS.slice(0, this.count).flatMap((letter, card) =>
      (this.axes.length ? this.axes : ['']).map((axis) => ({letter, card, axis})));
    this.values = this.slots.map(({card, axis}) => (axis ? given?.ratings?.[axis] : given?.ranks)?.[card] ?? null);
    this.at = Math.max(0, this.values.indexOf(null));
  }

  /** As the server takes it, in the order on the page. */
  get given() {
    const of = (wanted) => this.values.filter((_, slot) => this.slots[slot].axis === wanted);
    return this.axes.length ? {ratings: Object.fromEntries(this.axes.map((axis) => [axis, of(axis)]))} : {ranks: this.values};
  }

  go(slot) {
    this.at = slot;
  }

  move(cards, axes) {
    const lines = Math.max(1, this.axes.length);
    const step = this.axes.length ? cards * lines + axes : cards + axes;
    if (step === 1 || step === -1 || (this.at + step >= 0 && this.at + step < this.slots.length)) {
      this.at = Math.min(this.slots.length - 1, Math.max(0, this.at + step));
    }
  }

  /** Sets what is marked and marks the next that has nothing. Returns what to say; null where there is no such number. */
  give(number) {
    if (number > this.most) return null;
    this.values = this.values.map((value, slot) => (slot === this.at ? number : value));
    const {letter, axis} = this.slots[this.at];
    const after = this.values.indexOf(null, this.at + 1);
    const next = after >= 0 ? after : this.values.indexOf(null);
    const said = axis ? `${letter}, ${axis}: ${number}.` : `${letter} is number ${number}.`;
    if (next < 0) return said + ' That is all: Enter sends it.';
    this.at = next;
    return said;
  }

  /** Which have nothing yet, in words; null where all have. */
  missing() {
    const letters = [...new Set(this.slots.filter((_, slot) => this.values[slot] === null).map(({letter}) => letter))];
    if (letters.length === 0) return null;
    const what = this.axes.length ? 'not rated on everything yet' : letters.length === 1 ? 'without a place yet' : 'without places yet';
    return `${inWords(letters)} ${letters.length === 1 ? 'is' : 'are'} ${what}.`;
  }

  goToMissing() {
    this.at = Math.max(0, this.values.indexOf(null));
  }
}

const inWords = (words) => (words.length < 2 ? words.join('') : words.slice(0, -1).join(', ') + ' and ' + words.at(-1));

/** Letters by place, the best first: [['B'], ['A', 'C']]; without those that have none yet. */
export function places(ranks) {
  return [...new Set(ranks.filter((rank) => rank !== null))].sort((a, b) => a - b)
    .map((rank) => LETTERS.filter((_, card) => ranks[card] === rank));
}

/** What was said to each, in words. */
export function spokenGrades({ranks, ratings}) {
  if (ranks) return 'Ranked ' + places(ranks).map(inWords).join(', then ');
  const first = Object.values(ratings)[0];
  return 'Rated ' + first.map((_, card) => `${LETTERS[card]} ${Object.values(ratings).map((given) => given[card]).join('-')}`).join(', ');
}

/** The best one's letter, for a sign; of a rating, by the sum. */
export function best({ranks, ratings}) {
  if (ranks) return places(ranks)[0].join('');
  const sums = Object.values(ratings).reduce((sum, given) => sum.map((value, card) => value + given[card]), Array(9).fill(0));
  return LETTERS.filter((_, card) => sums[card] === Math.max(...sums)).join('');
}
