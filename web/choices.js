import {spokenGrades} from './grading.js';

/** The scale, from A to B. */
export const CHOICES = [
  {name: 'left_much', key: '1', label: 'A much better', short: 'much better', side: 'a', size: 3},
  {name: 'left', key: '2', label: 'A better', short: 'better', side: 'a', size: 2},
  {name: 'left_slightly', key: '3', label: 'A slightly better', short: 'slightly', side: 'a', size: 1},
  {name: 'tie', key: '4', label: 'A tie', short: 'tie', side: 'tie', size: 0},
  {name: 'right_slightly', key: '5', label: 'B slightly better', short: 'slightly', side: 'b', size: 1},
  {name: 'right', key: '6', label: 'B better', short: 'better', side: 'b', size: 2},
  {name: 'right_much', key: '7', label: 'B much better', short: 'much better', side: 'b', size: 3},
];
export const OTHERS = [
  {name: 'both_bad', key: '0', label: 'Both bad'},
];
const SKIP = {name: 'skip', key: 'X', label: 'Skip'};

const KEYS = {pair: [...CHOICES, ...OTHERS], ranking: OTHERS, rating: []};

/** The choice that a key press means, whatever the layout: on some, digits need Shift. */
export function choiceOfKey(event, kind) {
  const digit = /^(?:Digit|Numpad)([0-7])$/.exec(event.code)?.[1] ?? event.key.toUpperCase();
  return KEYS[kind]?.find((choice) => choice.key === digit)?.name;
}

function spoken(name) {
  return [...CHOICES, ...OTHERS, SKIP].find((choice) => choice.name === name).label;
}

/** What was answered, in words. */
export function spokenAnswer({choice, shown, given}) {
  if (choice === 'ranked' || choice === 'rated') return spokenGrades(given);
  return choice === 'both_bad' && shown.more ? 'None acceptable' : spoken(choice);
}
