import type { Overview } from '../read-overview.ts';
import type { AccountsView, MonitorView } from '../schemas.ts';
import { html, type Html } from './html.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';

/** The parts of the first page that change, by the id of their element. */
export type Sections = Readonly<
  Record<'protection' | 'monitors' | 'queues' | 'cache' | 'accounts' | 'processes', string>
>;

/** The first page; undefined = Redis does not answer, and nothing is known. */
export function renderPage(overview: Overview | undefined): string {
  const parts = overview === undefined ? UNKNOWN : renderSections(overview);
  const section = (id: keyof Sections): Html => html`<section id="${id}">${{ html: parts[id] }}</section>`;
  const pulse = overview === undefined ? 'Redis does not answer' : '';
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Backstop</title>
        <link rel="icon" href="data:," />
        ${STYLE}
      </head>
      <body class="${overview === undefined ? 'stale' : ''}">
        <main>
          <header>
            <h1>Backstop</h1>
            <span id="pulse" role="status">${pulse}</span>
            <nav>
              <a href="/queues">queues</a> <a href="/queues/sign-in">sign in as operator</a> <a href="/docs">API</a>
              <a href="/metrics">metrics</a>
            </nav>
          </header>
          ${section('protection')}
          <div class="grid">
            ${section('accounts')} ${section('queues')} ${section('cache')} ${section('processes')}
          </div>
          ${section('monitors')}
        </main>
        ${SCRIPT}
      </body>
    </html>`;
  return page.html;
}

/** To the letter: the content security policy names the script by its hash. */
const SCRIPT: Html = { html: `<script>${PAGE_SCRIPT}</script>` };
const STYLE: Html = { html: `<style>${PAGE_STYLE}</style>` };

const UNKNOWN: Sections = {
  protection: '<div class="figure none">not known</div>',
  monitors: '<h2>Monitors</h2>',
  queues: '<h2>Queues</h2>',
  cache: '<h2>Cache</h2>',
  accounts: '<h2>Accounts</h2>',
  processes: '<h2>Processes</h2>',
};

export function renderSections({ monitors, accounts, cache, processes, queues }: Overview): Sections {
  return {
    protection: protectionPart(accounts, monitors).html,
    monitors: monitorsPart(monitors).html,
    accounts: table(
      'Accounts',
      ['account', 'monitors', 'protected', 'stream', 'reads', 'held back'],
      accounts.accounts.map(accountRow),
    ).html,
    queues: table(
      'Queues',
      ['queue', 'events', 'sweeps', 'active', 'failed'],
      queues.queues.map(
        ({ name, waiting, sweeps, active, failed }) =>
          html`<tr>
            <td>${name}</td>
            ${numbers([waiting, sweeps, active])}
            <td class="n ${failed > 0 ? 'warn' : ''}">${failed}</td>
          </tr>`,
      ),
    ).html,
    cache: table(
      'Cache',
      ['rows', 'hits', 'dirty', 'expired', 'missed', 'hit rate'],
      Object.entries({ ...cache.kinds, all: cache.total }).map(
        ([kind, { hits, dirty, expired, missed, hitRate }]) =>
          html`<tr>
            <td>${kind}</td>
            ${numbers([hits, dirty, expired, missed])}
            <td class="n">${hitRate === null ? '-' : `${(hitRate * 100).toFixed(1)} %`}</td>
          </tr>`,
      ),
    ).html,
    processes: table(
      'Processes',
      ['process', 'pid', 'alive', 'jobs', 'metrics'],
      processes.processes.map(
        ({ name, pid, alive, counters, url }) =>
          html`<tr>
            <td>${name}</td>
            <td class="n">${pid}</td>
            <td class="${alive ? '' : 'bad'}">${alive ? 'yes' : 'NO'}</td>
            <td class="n">${counters['jobsCompleted'] ?? '-'}</td>
            <td>${metricsLink(url)}</td>
          </tr>`,
      ),
    ).html,
  };
}

function metricsLink(url: string): Html | string {
  return url.startsWith('http://') ? html`<a href="${url}/metrics">${url.slice('http://'.length)}</a>` : url;
}

function protectionPart({ positions }: AccountsView, monitors: readonly MonitorView[]): Html {
  const { open, protected: covered, unknown } = positions;
  const state = covered < open ? 'bad' : open === 0 ? 'none' : '';
  const notes = [
    `${monitors.length} monitors`,
    `${monitors.filter(({ conditions }) => conditions.length > 0).length} with a condition`,
  ];
  return html`<div class="figure ${state}">${covered} of ${open}</div>
    <div>open positions are protected by a stop that was read back${unknownNote(unknown)}</div>
    <div class="note">${notes.join(' · ')}</div>
    ${monitors.filter((monitor) => monitor.protected === 'no').map(nakedLine)}`;
}

function nakedLine({ id, account, symbol, side, size, missing = '' }: MonitorView): Html {
  return html`<div class="bad">
    <a href="/v1/monitors/${id}">${account} ${symbol}</a> ${side} ${size ?? ''}: ${missing}
  </div>`;
}

function unknownNote(unknown: number): Html | string {
  return unknown === 0 ? '' : html` <span class="warn">· of ${unknown} monitors the rows are being read again</span>`;
}

function monitorsPart(monitors: readonly MonitorView[]): Html {
  const head = [
    'symbol',
    'account',
    'side',
    'stage',
    'size',
    'stop',
    'protected',
    'take-profits',
    'entries',
    'checked',
    'conditions',
  ];
  if (monitors.length === 0)
    return html`<h2>Monitors</h2>
      <div class="note">no active monitors</div>`;
  return table('Monitors', head, monitors.map(monitorRow), 'cards');
}

function monitorRow(monitor: MonitorView): Html {
  const { id, account, symbol, side, stage, size, stop, takeProfits, entries, checkedAgoMs, conditions } = monitor;
  return html`<tr>
    <td><a href="/v1/monitors/${id}">${symbol}</a></td>
    <td>${account}</td>
    <td data-label="side">${side}</td>
    <td data-label="stage">${stage}</td>
    <td class="n" data-label="size">${size ?? '?'}</td>
    <td class="n" data-label="stop">${stop ?? (size === null ? '?' : '-')}</td>
    ${protectedCell(monitor)}
    <td data-label="TPs">${takeProfits.resting} resting, ${takeProfits.filled} filled</td>
    <td data-label="entries">${entries.resting} resting</td>
    <td class="n" data-label="checked">${checkedAgoMs === null ? '' : `${Math.round(checkedAgoMs / 1_000)} s`}</td>
    <td class="wide warn">${conditions.map(({ name }) => name).join(' ')}</td>
  </tr>`;
}

function protectedCell({ protected: state, missing }: MonitorView): Html {
  const style = { yes: 'good', no: 'bad wide', flat: 'note', unknown: 'warn' }[state];
  const text = state === 'no' ? `NO: ${missing ?? ''}` : state;
  return html`<td class="${style}" data-label="protected">${text}</td>`;
}

function accountRow(account: AccountsView['accounts'][number]): Html {
  const { name, monitors, positions, readFailures, blocks, stream } = account;
  const { open, protected: covered } = positions;
  const reads = readFailures.count === 0 ? 'ok' : `${readFailures.count} failed`;
  const held = blocks.map(({ scope, forMs }) => `${scope} ${Math.ceil(forMs / 1_000)} s`).join(', ');
  return html`<tr>
    <td>${name}</td>
    <td class="n">${monitors}</td>
    <td class="${covered < open ? 'bad' : ''}">${covered} of ${open}</td>
    <td class="${stream.state === 'synced' ? '' : 'warn'}" title="${stream.process ?? ''} ${stream.why ?? ''}">
      ${stream.state}
    </td>
    <td class="${readFailures.count === 0 ? '' : 'warn'}">${reads}</td>
    <td class="warn">${held}</td>
  </tr>`;
}

function numbers(values: readonly number[]): readonly Html[] {
  return values.map((value) => html`<td class="n">${value}</td>`);
}

const NUMERIC = new Set([
  'size',
  'stop',
  'checked',
  'events',
  'sweeps',
  'active',
  'failed',
  'pid',
  'jobs',
  'monitors',
  'hits',
  'dirty',
  'expired',
  'missed',
  'hit rate',
]);

function table(title: string, head: readonly string[], rows: readonly Html[], style = ''): Html {
  const cells = head.map((name) => html`<th class="${NUMERIC.has(name) ? 'n' : ''}">${name}</th>`);
  return html`<h2>${title}</h2>
    <table class="${style}">
      <thead>
        <tr>
          ${cells}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}
