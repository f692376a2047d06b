import {h} from 'preact';

/**
 * A little Markdown as elements: headings, lists, bold, italic, code and paragraphs. Everything else stays the text it is,
 * so that nothing written by others can become more than text.
 */
export function Markdown({text}) {
  return h('div', {class: 'markdown'}, blocks(text));
}

function blocks(text) {
  const all = [];
  let list = null;
  for (const block of text.split(/\n(?=\s*(?:#|[-*] ))|\n\s*\n/)) {
    const item = /^\s*[-*] ([\s\S]+)$/.exec(block);
    const heading = /^\s*(#{1,4}) +(.+)\n?([\s\S]*)$/.exec(block);
    if (item) {
      if (!list) all.push(list = h('ul', null, []));
      list.props.children.push(h('li', null, spans(item[1])));
      continue;
    }
    list = null;
    if (heading) {
      all.push(h('h' + Math.min(6, heading[1].length + 2), null, spans(heading[2])));
      if (heading[3].trim()) all.push(h('p', null, spans(heading[3])));
    } else if (block.trim()) {
      all.push(h('p', null, spans(block)));
    }
  }
  return all;
}

const SPAN = /(\*\*[^*]+\*\*|\*[^*\s][^*]*\*|`[^`]+`)/;

function spans(text) {
  return text.split(SPAN).map((part) => {
    if (/^\*\*.+\*\*$/s.test(part)) return h('b', null, part.slice(2, -2));
    if (/^\*.+\*$/s.test(part)) return h('i', null, part.slice(1, -1));
    if (/^`.+`$/s.test(part)) return h('code', null, part.slice(1, -1));
    return part;
  });
}
