import {h} from 'preact';
import htm from 'htm';
import {Header, plural} from './shell.js';

const html = htm.bind(h);

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
const OTHERS = [
  {name: 'both_bad', key: '0', label: 'Both bad'},
  {name: 'skip', key: 'X', label: 'Skip'},
];

/** The choice that a key press means, whatever the layout: on some, digits need Shift. */
export function choiceOfKey(event) {
  const digit = /^(?:Digit|Numpad)([0-7])$/.exec(event.code)?.[1] ?? event.key.toUpperCase();
  return [...CHOICES, ...OTHERS].find((choice) => choice.key === digit)?.name;
}

export function spoken(name) {
  return [...CHOICES, ...OTHERS].find((choice) => choice.name === name).label;
}

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
      ${progress && progress.total > 0 && html`
        <div class="progress">
          <div class="bar" role="progressbar" aria-label="Answered" aria-valuemin="0" aria-valuemax=${progress.total}
            aria-valuenow=${progress.answered}><i style=${{width: (100 * progress.answered) / progress.total + '%'}}></i></div>
          <span><b>${progress.answered.toLocaleString('en')}</b> of ${progress.total.toLocaleString('en')}</span>
          ${session.pace && html`<span class="pace">${session.pace} a minute</span>`}
        </div>`}
    <//>`;
}

function Prompt({messages}) {
  return html`
    <section class="prompt" aria-labelledby="asked">
      <h1 id="asked" class="eyebrow">${messages.length > 1 ? 'The conversation' : 'The prompt'}</h1>
      ${messages.map((message, at) => html`
        <div class=${'turn ' + message.role + (at === messages.length - 1 ? ' last' : '')}>
          ${messages.length > 1 && html`<span class="who">${message.role}</span>`}
          <p dir="auto">${message.content}</p>
        </div>`)}
    </section>`;
}

function Answer({letter, text, before}) {
  return html`
    <article class=${'answer ' + letter.toLowerCase() + (before ? ' before' : '')} aria-labelledby=${'answer-' + letter}>
      <h2 id=${'answer-' + letter}><span class="letter" aria-hidden="true">${letter}</span><span class="spoken">Answer ${letter}</span></h2>
      ${text.trim() ? html`<p dir="auto">${text}</p>` : html`<p class="nothing">(says nothing)</p>`}
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
        Undo${session.last && html` “${spoken(session.last)}”`} <kbd>⌫</kbd></button>
      ${OTHERS.map((choice) => html`
        <button key=${choice.name} class="quiet" aria-pressed=${before ? String(before === choice.name) : undefined}
          onClick=${() => session.answer(choice.name)}>${choice.label} <kbd>${choice.key}</kbd></button>`)}
    </div>`;
}

export function Judge({session}) {
  const question = session.question;
  return html`
    <main class="judge" key=${question.comparison + '.' + session.reopened}>
      ${session.reopened !== null && html`
        <div class="reopened"><span>You said <b>${spoken(session.before)}</b>. Answer again to correct it.</span>
          <button class="quiet" onClick=${() => session.leave()}>Keep it <kbd>Enter</kbd></button></div>`}
      <${Prompt} messages=${question.prompt} />
      <div class="answers">
        <${Answer} letter="A" text=${question.left} />
        <${Answer} letter="B" text=${question.right} />
      </div>
    </main>
    <footer key="footer"><${Scale} session=${session} /><${Others} session=${session} /></footer>`;
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

export function Help({dialog}) {
  const rows = [
    ['1 2 3', 'A is much better, better, slightly better'],
    ['4', 'a tie: you would be happy with either'],
    ['5 6 7', 'B is slightly better, better, much better'],
    ['0', 'both are bad: neither should be learned from'],
    ['X', 'skip: you cannot say'],
    ['⌫', 'undo: shows your last answer again, to correct it'],
    ['T', 'light or dark'],
    ['?', 'this help'],
  ];
  return html`
    <dialog ref=${dialog} aria-labelledby="help" onClick=${(event) => event.target === dialog.current && dialog.current.close()}>
      <div class="sheet">
        <h1 id="help">How to judge</h1>
        <p>Prefer the answer that is <b>true</b>, <b>does what was asked</b>, is <b>kind</b>, and stops when it is done.
          What should not be helped with is best declined, gently. Length alone is no merit.</p>
        <p>The two answers stand in random order, and nothing tells which model wrote which.
          Every answer is stored the moment you give it; should the server be away, it waits in this browser.</p>
        <dl>${rows.map(([keys, meaning]) => html`
          <div><dt>${keys.split(' ').map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${meaning}</dd></div>`)}</dl>
        <form method="dialog"><button class="primary" autofocus>Close</button></form>
      </div>
    </dialog>`;
}
