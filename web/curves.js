import {h} from 'preact';
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import htm from 'htm';
import uPlot from 'uplot';

const html = htm.bind(h);
const HEIGHT = 190;
const UNKNOWN = 'no method of this Heed logs it, so there is nothing to say about it';
const WHOLE = [...Array(12).keys()].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power)); // there is no half step
const OVER = 'runs'; // charts with one cursor

/** A number in few digits. */
export function short(value) {
  if (value === null || value === undefined) return '';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toLocaleString('en', {maximumSignificantDigits: 4});
}

/** A running mean that forgets: the weight of what was before is `inertia`, made up for at the start. */
export function smooth(values, inertia) {
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = inertia * mean + (1 - inertia) * value;
    weight = inertia * weight + (1 - inertia);
    return mean / weight;
  });
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The lines of one run in one chart: what fell into a bucket as a band, the values faint behind their running mean. */
function linesOf(run, metric, {inertia, logSteps, positive}) {
  const {drawn} = run;
  const curve = drawn.curves[metric];
  const shown = (values) => (positive ? values.map((value) => (value > 0 ? value : null)) : values);
  const strong = color(`--run-${run.color}`);
  const lines = [];
  if (drawn.width > 1) {
    lines.push({values: shown(curve.least), width: 0, stroke: 'transparent'}, {values: shown(curve.greatest), width: 0, stroke: 'transparent', band: strong + '2e'});
  }
  if (inertia > 0) lines.push({values: shown(curve.mean), width: 1, stroke: strong + '59'});
  lines.push({values: shown(inertia > 0 ? smooth(curve.mean, inertia) : curve.mean), width: 1.6, stroke: strong, said: run.name});
  return {steps: logSteps ? drawn.steps.map((step) => step + 1) : drawn.steps, lines};
}

/** Steps without a value are left out, so that a metric that is seldom logged is a line too. */
function table({steps, lines}) {
  const kept = steps.map((step, i) => i).filter((i) => steps[i] !== null && lines.some((line) => line.values[i] !== null));
  return [kept.map((i) => steps[i]), ...lines.map((line) => kept.map((i) => line.values[i]))];
}

/** What uPlot draws: the data of all runs over one axis, and how each line looks. */
function picture(runs, metric, look) {
  const positive = look.logValues && runs.every((run) => run.drawn.curves[metric].mean.every((value) => value === null || value > 0));
  const parts = runs.map((run) => linesOf(run, metric, {...look, positive}));
  const tables = parts.map(table);
  const lines = parts.flatMap((part) => part.lines);
  return {
    data: tables.length === 1 ? tables[0] : uPlot.join(tables),
    lines,
    bands: lines.flatMap((line, i) => (line.band ? [{series: [i + 1, i], fill: line.band}] : [])),
    scale: look.logValues ? (positive ? 3 : 4) : 1, // a logarithm; where some are not positive, an inverse hyperbolic sine
  };
}

function options(drawing, look, width, hooks) {
  const axis = {stroke: color('--soft'), font: '12px Inter, sans-serif', grid: {stroke: color('--line'), width: 1}, ticks: {show: false}};
  return {
    width,
    height: HEIGHT,
    legend: {show: false},
    padding: [8, 10, 0, 0],
    cursor: {sync: {key: OVER, scales: ['x', null]}, drag: {x: true, y: false}, points: {size: 7}, y: false},
    scales: {x: {time: false, distr: look.logSteps ? 3 : 1}, y: {distr: drawing.scale}},
    axes: [
      {...axis, size: 28, incrs: WHOLE, values: (chart, ticks) => ticks.map((tick) => (tick === null ? '' : tick.toLocaleString('en', {notation: 'compact'})))},
      {...axis, size: 58, values: (chart, ticks) => ticks.map(short)},
    ],
    series: [{}, ...drawing.lines.map((line) => ({stroke: line.stroke, width: line.width, spanGaps: true, points: {show: !!line.said && drawing.data[0].length < 40, size: 4}}))],
    bands: drawing.bands,
    hooks,
  };
}

/** What the lines say at the cursor, or at their ends. */
function readings(chart, drawing) {
  const at = chart?.cursor.idx;
  return drawing.lines.flatMap((line, i) => {
    if (!line.said) return [];
    const values = drawing.data[i + 1];
    let k = at ?? values.length - 1;
    while (k > 0 && (values[k] === null || values[k] === undefined)) k--;
    return [{run: line.said, step: drawing.data[0][k], value: values[k]}];
  });
}

/** One metric of several runs. */
function Chart({metric, meaning, runs, look, theme, explain}) {
  const place = useRef(null);
  const values = useRef(null);
  const held = useRef({}); // {chart, drawing, key, seen, stale}
  const label = useMemo(() => meaning?.unit ?? '', [meaning]);

  const say = () => {
    const {chart, drawing} = held.current;
    if (!drawing || !values.current) return;
    const read = readings(chart, drawing);
    [...values.current.children].forEach((item, i) => { item.lastChild.textContent = short(read[i]?.value); });
  };

  const draw = () => {
    const now = held.current;
    if (!now.seen) { now.stale = true; return; }
    now.stale = false;
    const drawing = picture(runs, metric, look);
    const width = place.current.clientWidth;
    const key = JSON.stringify([runs.map((run) => [run.name, run.color, run.drawn.width > 1]), look, theme, drawing.scale, width]);
    const same = now.chart && key === now.key;
    now.drawing = drawing;
    if (same) {
      const {min, max} = now.chart.scales.x;
      const zoomed = now.zoomed;
      now.chart.setData(drawing.data, !zoomed);
      if (zoomed) now.chart.setScale('x', {min, max});
    } else {
      now.chart?.destroy();
      now.zoomed = false;
      now.chart = new uPlot(options(drawing, look, width, {
        setCursor: [say],
        setSelect: [() => { now.zoomed = true; }],
      }), drawing.data, place.current);
      now.chart.over.addEventListener('dblclick', () => { now.zoomed = false; });
    }
    now.key = key;
    say();
  };
  const latest = useRef(draw);
  latest.current = draw;

  useEffect(draw);
  useEffect(() => {
    const now = held.current;
    const seen = new IntersectionObserver(([entry]) => {
      now.seen = entry.isIntersecting;
      if (now.seen && (now.stale || !now.chart)) latest.current();
    }, {rootMargin: '200px'});
    const sized = new ResizeObserver(() => latest.current());
    seen.observe(place.current);
    sized.observe(place.current);
    return () => {
      seen.disconnect();
      sized.disconnect();
      now.chart?.destroy();
    };
  }, []);

  const onKey = (event) => {
    const {chart} = held.current;
    const way = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!chart || !way) return;
    event.preventDefault();
    const last = chart.data[0].length - 1;
    const next = Math.max(0, Math.min(last, (chart.cursor.idx ?? last + 1) + way));
    chart.setCursor({left: chart.valToPos(chart.data[0][next], 'x'), top: HEIGHT / 3}, true, true); // in the others as well
  };
  const told = () => explain(metric);
  return html`
    <figure class="chart" onPointerEnter=${told} onFocusIn=${told}>
      <figcaption>
        <button class="metric" aria-describedby=${'says-' + metric} onKeyDown=${onKey} onClick=${told}>${metric}</button>
        <span class="unit" title=${label}>${label}</span>
        <ul class="values" ref=${values}>${runs.map((run) => html`
          <li key=${run.name}><i class=${'swatch run-' + run.color}></i><span class="spoken">${run.name}: </span><b></b></li>`)}</ul>
      </figcaption>
      <div class="plot" ref=${place}></div>
      <p class="spoken" id=${'says-' + metric}>${meaning ? `${meaning.what}. Healthy: ${meaning.healthy}. If not: ${meaning.otherwise}.` : UNKNOWN + '.'} The arrow keys read the curve.</p>
    </figure>`;
}

/** The page's theme, once more whenever it changes: what is drawn does not follow by itself. */
function useTheme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme);
  useEffect(() => {
    const seen = new MutationObserver(() => setTheme(document.documentElement.dataset.theme));
    seen.observe(document.documentElement, {attributeFilter: ['data-theme']});
    return () => seen.disconnect();
  }, []);
  return theme;
}

/** In the order in which people look at them. */
function metricsOf(runs, meanings) {
  const all = new Set(runs.flatMap((run) => Object.keys(run.drawn.curves)));
  const known = meanings.map((meaning) => meaning.name).filter((name) => all.delete(name));
  return [...known, ...all];
}

/** Small pictures of every metric, with one cursor. `runs` are {name, color, drawn}. */
export function Curves({runs, meanings}) {
  const [inertia, setInertia] = useState(0);
  const [logValues, setLogValues] = useState(false);
  const [logSteps, setLogSteps] = useState(false);
  const [explained, setExplained] = useState(null);
  const theme = useTheme();
  const look = {inertia, logValues, logSteps};
  const metrics = metricsOf(runs, meanings);
  const asked = metrics.includes(explained) ? explained : metrics[0];
  const meaning = meanings.find((one) => one.name === asked);
  if (metrics.length === 0) return html`<p class="facts">${runs.length === 0 ? 'Choose runs above.' : 'Nothing is logged yet.'}</p>`;
  return html`
    <div class="row looks">
      <label class="slider">Smoothing <input type="range" min="0" max="0.98" step="0.02" value=${inertia}
        aria-valuetext=${inertia === 0 ? 'none' : inertia.toFixed(2)} onInput=${(event) => setInertia(+event.target.value)} /></label>
      <label class="tick"><input type="checkbox" checked=${logValues} onChange=${(event) => setLogValues(event.target.checked)} /> Logarithmic values</label>
      <label class="tick"><input type="checkbox" checked=${logSteps} onChange=${(event) => setLogSteps(event.target.checked)} /> Logarithmic steps</label>
    </div>
    <div class="charts">${metrics.map((metric) => html`
      <${Chart} key=${metric} metric=${metric} meaning=${meanings.find((one) => one.name === metric)} look=${look} theme=${theme} explain=${setExplained}
        runs=${runs.filter((run) => run.drawn.curves[metric])} />`)}</div>
    <aside class="says" aria-label="What the number says">
      <p><b>${asked}</b>${meaning?.unit && ` (${meaning.unit})`}: ${meaning ? meaning.what : UNKNOWN}.</p>
      ${meaning && html`
        <p><span class="well">Healthy</span> ${meaning.healthy}.</p>
        <p><span class="ill">If not</span> ${meaning.otherwise}.</p>`}
    </aside>`;
}
