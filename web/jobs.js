import {h} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import * as api from './api.js';
import {Order} from './order.js';
import {may, moment, plural} from './shell.js';

const html = htm.bind(h);
const ASK_MS = 1500;
const LOG_MOST = 65536; // characters that are kept
const ENDED_SHOWN = 4;
const SAID = {queued: 'waits', running: 'running', stopping: 'saving', done: 'done', stopped: 'stopped', failed: 'failed', killed: 'killed'};

export const duration = (seconds) => (seconds < 90 ? `${seconds} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`);

export const works = (job) => job.state === 'running' || job.state === 'stopping';
const over = (job) => !works(job) && job.state !== 'queued';

/** Whether a job is for the run, now or later. */
export const isFor = (run) => (job) => job.run === run && !over(job);

/** How far a run is: "12 of 200, 40 s left" over a bar. */
export function Steps({row, children}) {
  const counted = row.total > row.steps ? `${row.steps.toLocaleString('en')} of ${row.total.toLocaleString('en')}` : plural(row.steps, 'step');
  return html`
    ${(row.steps > 0 || row.total > 0) && counted}${row.seconds_left !== null && `, ${duration(row.seconds_left)} left`}${children}
    ${row.total > 0 && row.state !== 'done' && html`<progress max=${row.total} value=${row.steps} aria-label=${'Progress of ' + row.name}></progress>`}`;
}

/** A button that says what is lost before it does it. */
function Sure({label, loses, act}) {
  const [asked, ask] = useState(false);
  const keep = useRef(null);
  useEffect(() => { if (asked) keep.current?.focus(); }, [asked]);
  if (!asked) return html`<button class="quiet" onClick=${() => ask(true)}>${label}</button>`;
  return html`
    <span class="sure" role="group" aria-label=${label + '?'}><span>${loses}</span>
      <button class="quiet warn" onClick=${() => { ask(false); act(); }}>${label}</button>
      <button class="quiet" ref=${keep} onClick=${() => ask(false)}>Leave it</button></span>`;
}

/** What a job said, kept up while it works. */
function Log({job}) {
  const [text, setText] = useState(null);
  const at = useRef(0);
  const box = useRef(null);
  const follow = useRef(true);
  const live = works(job);
  useEffect(() => {
    let timer;
    let gone = false;
    const ask = () => api.get(`/api/jobs/${job.id}/log`, {from: at.current}).then((more) => {
      if (gone) return;
      const cut = more.from > at.current;
      at.current = more.to;
      setText((before) => ((cut ? '' : before ?? '') + more.text).slice(-LOG_MOST));
    }, () => {}).finally(() => { if (live && !gone) timer = setTimeout(ask, ASK_MS); });
    ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [job.id, live]);
  useEffect(() => { if (follow.current && box.current) box.current.scrollTop = box.current.scrollHeight; }, [text]);
  const onScroll = ({target}) => { follow.current = target.scrollTop + target.clientHeight >= target.scrollHeight - 8; };
  return html`<pre class="log" ref=${box} tabindex="0" role="log" aria-label=${`Log of job ${job.id}`} onScroll=${onScroll}>${text === null ? '' : text || (live ? 'It has not said anything yet.' : 'It said nothing.')}</pre>`;
}

function Acts({job, row, taken, act}) {
  const resumable = job.run ? row?.state === 'stopped' && !taken : job.state !== 'done'; // without a run of its own: all of it once more
  const again = job.run ? `/api/runs/${encodeURIComponent(job.run)}/resume` : `/api/jobs/${job.id}/again`;
  if (job.state === 'queued') return html`<button class="quiet" onClick=${() => act(() => api.remove(`/api/jobs/${job.id}`))}>Remove</button>`;
  if (job.state === 'running') return html`<button class="quiet" onClick=${() => act(() => api.post(`/api/jobs/${job.id}/stop`))}>Stop</button>`;
  if (job.state === 'stopping') return html`<${Sure} label="Kill" loses="What it did since its last checkpoint is lost." act=${() => act(() => api.post(`/api/jobs/${job.id}/kill`))} />`;
  return html`
    ${resumable && html`<button class="quiet" onClick=${() => act(() => api.post(again))}>Resume</button>`}
    <${Sure} label="Remove" loses="Its log is lost; what it made stays." act=${() => act(() => api.remove(`/api/jobs/${job.id}`))} />`;
}

function Job({job, rows, jobs, lead, act}) {
  const [shown, show] = useState(false);
  const row = rows.get(job.run);
  const said = `heed ${job.words.join(' ')}`;
  return html`
    <li class=${'job ' + job.state} aria-label=${`Job ${job.id}`}>
      <div class="what"><span class=${'state ' + job.state}>${SAID[job.state]}</span><code title=${said}>${said}</code></div>
      <div class="acts"><button class="quiet" aria-expanded=${shown} onClick=${() => show(!shown)}>Log</button>
        ${lead && html`<${Acts} job=${job} row=${row} taken=${jobs.some(isFor(job.run))} act=${act} />`}</div>
      <div class="far">${works(job) && row && html`<${Steps} row=${row} />`}</div>
      <p class="aside">Job ${job.id}, by ${job.who}, ${moment(job.ended ?? job.began ?? job.asked)}${job.run && works(job) && `, run ${job.run}`}${job.state === 'failed' && `, exit code ${job.code}`}</p>
      ${shown && html`<${Log} job=${job} />`}
    </li>`;
}

/** What runs comes first, then what waits, in its order; then what has ended, the newest first. */
function inOrder(jobs, all) {
  const ended = jobs.filter(over).reverse();
  return [...jobs.filter(works), ...jobs.filter((job) => job.state === 'queued'), ...(all ? ended : ended.slice(0, ENDED_SHOWN))];
}

/** Commands that leads started, and the form with which they start more. */
export function Jobs({jobs, rows, account, act}) {
  const [ordering, order] = useState(false);
  const [all, setAll] = useState(false);
  const start = useRef(null);
  const lead = may(account, 'lead');
  if (!lead && jobs.length === 0) return null;
  const hidden = jobs.filter(over).length - ENDED_SHOWN;
  const close = () => {
    order(false);
    setTimeout(() => start.current?.focus());
  };
  return html`
    <section aria-labelledby="jobs-title">
      <div class="row titled"><h2 id="jobs-title">Jobs</h2>
        ${lead && !ordering && html`<button class="primary" ref=${start} onClick=${() => order(true)}>Start a job</button>`}</div>
      ${ordering && html`<${Order} rows=${rows} close=${close} />`}
      ${jobs.length === 0 && !ordering && html`<p class="facts">Nothing was started from here yet. A job is the command that a shell would run: it goes on when this page or the server is closed.</p>`}
      ${jobs.length > 0 && html`<ul class="jobs">${inOrder(jobs, all).map((job) => html`
        <${Job} key=${job.id} job=${job} rows=${rows} jobs=${jobs} lead=${lead} act=${act} />`)}</ul>`}
      ${hidden > 0 && html`<div><button class="quiet" aria-expanded=${all} onClick=${() => setAll(!all)}>${all ? 'Only the last' : `${hidden} more that ended`}</button></div>`}
    </section>`;
}
