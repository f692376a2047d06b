const MOST_WORDS = 1500; // beyond, the table would be too large

/**
 * Which words of two texts the other lacks, by their longest common subsequence.
 *
 * @returns {[left, right]}, each a list of {text, own}: stretches of words with the space after them
 */
export function difference(left, right) {
  const a = left.match(/\S+\s*|\s+/g) ?? [];
  const b = right.match(/\S+\s*|\s+/g) ?? [];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return [[{text: left, own: false}], [{text: right, own: false}]];
  const same = (i, j) => a[i].trim() === b[j].trim();
  const longest = Array.from({length: a.length + 1}, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i][j] = same(i, j) ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const ofA = [];
  const ofB = [];
  const put = (list, text, own) => list.at(-1)?.own === own ? list.at(-1).text += text : list.push({text, own});
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(i, j)) {
      put(ofA, a[i++], false);
      put(ofB, b[j++], false);
    } else if (j === b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) {
      put(ofA, a[i++], true);
    } else {
      put(ofB, b[j++], true);
    }
  }
  return [ofA, ofB];
}
