import {h} from 'preact';
import htm from 'htm';
import {useRef} from 'preact/hooks';
import {Ranking} from './ranking.js';
import {Rating} from './rating.js';
import {Submit} from './cards.js';
import {difference} from './diff.js';
import {Notes, Rail, Rewrite, SkipMenu} from './extras.js';
import {CHOICES, OTHERS, spokenAnswer} from './choices.js';
import {Header, plural} from './shell.js';

const html = htm.bind(h);

export function LabelHeader({account, session, help}) {
  const progress = session.progress;
  const {unsent, refused, away} = session.outbox;
  const notices = html`
    ${refused.length > 0 && html`
      <button class="notice" title=${refused[0].why} onClick=${() => session.outbox.forgetRefused()}>
        ${plural(refused.length, 'answer')} not taken: ${refused[0].why}. Dismiss</button>`}
    ${unsent.length > 0 && html`
      <span class=${'unsent' + (away ? ' away' : '')} title="Kept in this browser, sent as soon as the server answers">
        ${unsent.length} unsent</span>`}`;
  return html`
    <${Header} account=${account} help=${help} notices=${notices}>
      ${session.assignments.length > 1 && html`
        <select class="campaign" aria-label="Campaign" value=${session.campaign} onChange=${(event) => session.work(Number(event.target.value))}>
          ${session.assignments.map((one) => html`<option value=${one.campaign}>${one.name}</option>`)}</select>`}
      ${progress && progress.total > 0 && html`
        <div class="progress">
          <div class="bar" role="progressbar" aria-label="Answered" aria-valuemin="0" aria-valuemax=${progress.total}
            aria-valuenow=${progress.answered}><i style=${{width: (100 * progress.answered) / progress.total + '%'}}></i></div>
          <span><b>${progress.answered.toLocaleString('en')}</b> of ${progress.total.toLocaleString('en')}</span>
          ${session.pace && html`<span class="pace">${session.pace} a minute</span>`}
        </div>`}
    <//>`;
}

/** What was asked. @param heading its level on the page */
export function Prompt({messages, heading = 'h1'}) {
  return html`
    <section class="prompt" id="prompt" aria-labelledby="asked">
      <${heading} id="asked" class="eyebrow">${messages.length > 1 ? 'The conversation' : 'The prompt'}<//>
      ${messages.map((message, at) => html`
        <div class=${'turn ' + message.role + (at === messages.length - 1 ? ' last' : '')}>
          ${messages.length > 1 && html`<span class="who">${message.role}</span>`}
          <p dir="auto">${message.content}</p>
        </div>`)}
    </section>`;
}

function Text({parts}) {
  return parts.map((part) => part.own ? html`<mark>${part.text}</mark>` : part.text);
}

function Answer({letter, text, parts, scrolled, scroller}) {
  return html`
    <article class=${'answer ' + letter.toLowerCase()} aria-labelledby=${'answer-' + letter} ref=${scroller} onScroll=${scrolled} tabindex="0">
      <h2 id=${'answer-' + letter}><span class="letter" aria-hidden="true">${letter}</span><span class="spoken">Answer ${letter}</span></h2>
      ${text.trim() ? html`<p dir="auto">${parts ? html`<${Text} parts=${parts} />` : text}</p>` : html`<p class="nothing">(says nothing)</p>`}
    </article>`;
}

function Scale({session}) {
  const before = session.before;
  return html`
    <div class="scale" role="group" aria-label="Which is better?">
      ${CHOICES.map((choice) => html`
        <button key=${choice.name} class=${`choice ${choice.side} size${choice.size}`} aria-label=${`${choice.label} (${choice.key})`}
          aria-pressed=${before ? String(before === choice.name) : undefined} onClick=${() => session.answer(choice.name)}>
          <span class="weight" aria-hidden="true"><i></i><i></i><i></i></span>
          <span class="words">${choice.side !== 'tie' && html`<b>${choice.side.toUpperCase()}</b> `}${choice.short}</span>
          <kbd>${choice.key}</kbd>
        </button>`)}
    </div>`;
}

function Others({session}) {
  const before = session.before;
  return html`
    <div class="others">
      <button class="quiet undo" disabled=${!session.canUndo} onClick=${() => session.undo()}>
        <span>Undo${session.last && html` “${spokenAnswer(session.last)}”`}</span> <kbd>⌫</kbd></button>
      ${session.kind !== 'rating' && OTHERS.map((choice) => html`
        <button key=${choice.name} class="quiet" aria-pressed=${before ? String(before === choice.name) : undefined}
          onClick=${() => session.answer(choice.name)}>${session.kind === 'ranking' ? 'None acceptable' : choice.label} <kbd>${choice.key}</kbd></button>`)}
      <button class="quiet" aria-pressed=${before ? String(before === 'skip') : undefined} onClick=${() => session.startSkipping()}>Skip <kbd>X</kbd></button>
      <button class="quiet" onClick=${() => session.startRewriting()}>Rewrite <kbd>E</kbd></button>
      ${session.kind === 'pair' && html`
        <button class="quiet wide" aria-pressed=${String(session.diff)} onClick=${() => session.toggle('diff')}>Differences <kbd>D</kbd></button>`}
      ${session.assignment?.version > 0 && html`
        <button class="quiet wide" aria-pressed=${String(session.guide)} onClick=${() => session.toggle('guide')}>Guidelines <kbd>G</kbd></button>`}
    </div>`;
}

function Answers({session}) {
  const {left, right} = session.question;
  const both = [useRef(null), useRef(null)];
  const parts = session.diff ? difference(left, right) : [null, null];
  const follow = (from, to) => () => {
    const [a, b] = [both[from].current, both[to].current];
    if (!session.synced || !a || !b) return;
    const share = a.scrollTop / Math.max(1, a.scrollHeight - a.clientHeight);
    const top = Math.round(share * (b.scrollHeight - b.clientHeight));
    if (Math.abs(b.scrollTop - top) > 1) b.scrollTop = top;
  };
  return html`
    <div class="answers">
      <${Answer} letter="A" text=${left} parts=${parts[0]} scroller=${both[0]} scrolled=${follow(0, 1)} />
      <${Answer} letter="B" text=${right} parts=${parts[1]} scroller=${both[1]} scrolled=${follow(1, 0)} />
    </div>`;
}

const SCREENS = {pair: Answers, ranking: Ranking, rating: Rating};

export function Judge({session}) {
  const question = session.question;
  return html`
    <main class="judge" key=${question.comparison + '.' + session.reopened}>
      ${session.reopened !== null && html`
        <div class="reopened"><span>You said <b>${spokenAnswer(session.behind[session.reopened])}</b>. Answer again to correct it.</span>
          <button class="quiet" onClick=${() => session.leave()}>Keep it <kbd>${session.grading ? 'Esc' : 'Enter'}</kbd></button></div>`}
      <${Prompt} messages=${question.prompt} />
      <${SCREENS[session.kind]} session=${session} />
      ${session.rewriting !== null ? html`<${Rewrite} session=${session} />` : html`<${Notes} session=${session} />`}
    </main>
    <footer key="footer">
      ${session.skipping ? html`<${SkipMenu} session=${session} />` : html`<${session.grading ? Submit : Scale} session=${session} />`}
      <${Others} session=${session} />
      <${Rail} session=${session} />
    </footer>`;
}

export function Paused({session}) {
  return html`
    <main class="empty">
      <h1>A pause</h1>
      <p class="lead">The clock stands still.</p>
      <p><button class="primary" onClick=${() => session.pause()}>Go on <kbd>P</kbd></button></p>
    </main>`;
}

export function Empty({session, status}) {
  const answered = session.progress?.answered ?? 0;
  if (session.state === 'loading') {
    return html`<main class="empty" aria-busy="true"></main>`;
  }
  if (session.state === 'away') {
    return html`
      <main class="empty">
        <h1>The server is away</h1>
        <p class="lead">${session.unsent.length > 0
          ? `${plural(session.unsent.length, 'answer')} of yours ${session.unsent.length === 1 ? 'is' : 'are'} safe in this browser and will be sent when it is back.`
          : 'This page goes on by itself when it is back.'}</p>
        <p class="facts">To start it: <code>./heed serve</code></p>
      </main>`;
  }
  return html`
    <main class="empty">
      ${answered > 0
        ? html`<h1>All done. Thank you, ${session.labeler}.</h1>
          <p class="lead">You have answered ${plural(answered, 'comparison')}. What you said is stored, and the next round learns from it.</p>`
        : html`<h1>Nothing to label now</h1>
          <p class="lead">Every comparison has its answer, or there is none yet.</p>`}
      <p class="facts">Run <code>./heed round</code> to train on the answers and get new comparisons; they appear here by themselves.</p>
      ${status?.report && html`<p><a class="primary" href="/report">Read the report</a></p>`}
      ${session.canUndo && html`<p><button class="quiet" onClick=${() => session.undo()}>Undo the last answer <kbd>⌫</kbd></button></p>`}
    </main>`;
}

const KEYS_OF = {
  pair: [
    ['1 2 3', 'A is much better, better, slightly better'],
    ['4', 'a tie: you would be happy with either'],
    ['5 6 7', 'B is slightly better, better, much better'],
    ['0', 'both are bad: neither should be learned from'],
  ],
  ranking: [
    ['1 … 9', 'the place of the answer that is marked: 1 is the best, the same number a tie'],
    ['← →', 'mark another answer; Tab does, too'],
    ['0', 'none is acceptable'],
    ['Enter', 'done: send the ranking'],
  ],
  rating: [
    ['1 … 7', 'rate the answer that is marked, 7 is the best; then the next is'],
    ['← →', 'mark another answer'],
    ['↑ ↓', 'mark another axis of the same answer; Tab goes through all'],
    ['Enter', 'done: send the ratings'],
  ],
};

export function Help({dialog, kind}) {
  const rows = [
    ...KEYS_OF[kind],
    ['X', 'skip: you cannot say; then 1 to 6 says why, X nothing'],
    ['⌫', 'undo: shows your last answer again, to correct it'],
    ['C', 'a comment on your answer; Esc leaves the field'],
    ['F', 'flag it for the lead'],
    ['E', 'write a better answer yourself'],
    ...(kind === 'pair' ? [['D S', 'mark the differences; scroll both together']] : []),
    ['G', 'the guidelines'],
    ['P', 'a pause: the clock stands still'],
    ['T ?', 'light or dark; this help'],
  ];
  return html`
    <dialog ref=${dialog} aria-labelledby="help" onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
      <div class="sheet">
        <h1 id="help">How to judge</h1>
        <p>Prefer the answer that is <b>true</b>, <b>does what was asked</b>, is <b>kind</b>, and stops when it is done.
          What should not be helped with is best declined, gently. Length alone is no merit.</p>
        <p>The answers stand in random order, and nothing tells which model wrote which.
          Every answer is stored the moment you give it; should the server be away, it waits in this browser.</p>
        <dl>${rows.map(([keys, meaning]) => html`
          <div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${meaning}</dd></div>`)}</dl>
        <form method="dialog"><button class="primary" autofocus>Close</button></form>
      </div>
    </dialog>`;
}
