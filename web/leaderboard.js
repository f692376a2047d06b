import {h} from 'preact';
import htm from 'htm';
import {plural} from './shell.js';

const html = htm.bind(h);
const whole = (value) => String(Math.round(value));
const percent = (value) => `${Math.round(100 * value)} %`;

/** A number with its interval; or a dash, and why. */
function Figure({figure, show = whole}) {
  const {interval, undefined: why} = figure;
  if (!interval) return html`<span class="none">–<span class="spoken"> ${why}</span></span>`;
  return html`<b>${show(interval.mean)}</b> <span class="soft">(${show(interval.low)}–${show(interval.high)})</span>`;
}

/** The interval drawn, on a scale that all rows share; the fainter one is at equal length. */
function Bar({standing, scale}) {
  const {rating, length_controlled: controlled} = standing;
  if (!rating.interval) return html`<span class="why">${rating.undefined}</span>`;
  const at = (value) => `${(100 * (value - scale.low)) / (scale.high - scale.low)}%`;
  return html`
    <svg class="interval" aria-hidden="true">
      <line class="middle" x1=${at(1000)} x2=${at(1000)} y1="0" y2="100%" />
      ${[[rating.interval, '36%', ''], [controlled.interval, '68%', 'controlled']].map(([{mean, low, high}, y, kind]) => html`
        <g class=${kind}><line x1=${at(low)} x2=${at(high)} y1=${y} y2=${y} /><circle cx=${at(mean)} cy=${y} r="4" /></g>`)}
    </svg>`;
}

/** Round numbers around all intervals. */
function around(standings) {
  const ends = standings.flatMap(({rating, length_controlled: controlled}) => rating.interval ? [rating.interval.low, rating.interval.high, controlled.interval.low, controlled.interval.high] : []);
  return {low: Math.floor(Math.min(990, ...ends) / 10 - 1) * 10, high: Math.ceil(Math.max(1010, ...ends) / 10 + 1) * 10};
}

function Row({standing, place, here, scale}) {
  const {player, games, won, tied, lost} = standing;
  return html`
    <tr class=${here ? '' : 'gone'}>
      <td class="place">${place}</td>
      <th scope="row">${player}${!here && html` <span class="aside soft">not here any more</span>`}</th>
      <td><${Figure} figure=${standing.rating} /></td>
      <td class="drawn"><${Bar} standing=${standing} scale=${scale} /></td>
      <td><${Figure} figure=${standing.length_controlled} /></td>
      <td title=${`${won} won, ${tied} tied, ${lost} lost`}>${games === 0 ? html`<span class="none">–</span>` : percent((won + tied / 2) / games)}</td>
      <td>${games.toLocaleString('en')}</td>
    </tr>`;
}

/** Share of wins of each row's model against each column's. */
function Matrix({standings, meetings}) {
  const players = standings.filter((one) => one.games > 0).map((one) => one.player);
  if (players.length < 3) return null;
  const met = (row, column) => {
    const [{won, tied, lost} = {}] = meetings.filter((one) => [one.first, one.second].every((name) => name === row || name === column))
      .map((one) => one.first === row ? one : {won: one.lost, tied: one.tied, lost: one.won});
    return won === undefined ? null : {won, tied, lost, share: (won + tied / 2) / (won + tied + lost)};
  };
  return html`
    <section>
      <h2>Who beats whom</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Who beats whom"><table class="matrix">
        <thead><tr><th scope="col">wins of … against</th>${players.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${players.map((row) => html`
          <tr key=${row}><th scope="row">${row}</th>
            ${players.map((column) => {
              const cell = row === column ? null : met(row, column);
              return cell
                ? html`<td title=${`${cell.won} won, ${cell.tied} tied, ${cell.lost} lost`}>${percent(cell.share)} <span class="soft">of ${cell.won + cell.tied + cell.lost}</span></td>`
                : html`<td class="none">${row === column ? '' : '–'}</td>`;
            })}</tr>`)}</tbody>
      </table></div>
      <p class="facts">A tie, or both bad, is half a win for both.</p>
    </section>`;
}

/** How the models stand, and how to read it. */
export function Leaderboard({table: {models, leaderboard}}) {
  const {games, standings, meetings, longer} = leaderboard;
  if (standings.length === 0) return null;
  const scale = around(standings);
  return html`
    <section>
      <h2>Leaderboard</h2>
      ${games === 0 ? html`<p class="facts">Nobody has voted yet. Ratings appear once models have both won and lost.</p>` : html`
        <div class="scroll" tabindex="0" role="region" aria-label="Leaderboard"><table>
          <thead><tr><th scope="col"><span class="spoken">Place</span></th><th scope="col">Model</th><th scope="col">Rating</th><th scope="col" class="drawn">95 % interval</th>
            <th scope="col">At equal length</th><th scope="col">Won</th><th scope="col">Battles</th></tr></thead>
          <tbody>${standings.map((one, at) => html`
            <${Row} key=${one.player} standing=${one} place=${one.rating.interval ? at + 1 : ''} here=${models.includes(one.player)} scale=${scale} />`)}</tbody>
        </table></div>
        <p class="facts">${plural(games, 'vote')}. Ratings after Bradley and Terry, around 1000: 400 points more are odds of 10 to 1; a tie, or both bad, is half a win for both. Intervals come from votes drawn anew.
          ${longer.interval && html` Between equals, the longer answer wins <b>${percent(longer.interval.mean)}</b> (${[longer.interval.low, longer.interval.high].map((one) => Math.round(100 * one)).join('–')}) at the usual difference in length; the rating at equal length, the fainter line, takes that out.`}</p>`}
    </section>
    ${games > 0 && html`<${Matrix} standings=${standings} meetings=${meetings} />`}`;
}
