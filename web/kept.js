/** Values kept in the browser; in memory where it keeps nothing (private windows, a full disk). */
const memory = new Map();

export function recall(key, otherwise) {
  try {
    return JSON.parse(memory.get(key) ?? localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}

export function forget(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch { /* was never there */ }
}

/** Keys that begin so, in their order. */
export function keys(prefix) {
  const all = [...memory.keys()];
  try {
    all.push(...Object.keys(localStorage));
  } catch { /* only what is in memory */ }
  return [...new Set(all)].filter((key) => key.startsWith(prefix)).sort();
}
