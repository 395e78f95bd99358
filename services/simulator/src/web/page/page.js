import { call, priceSender } from './api.js';
import { forms, offerChoices, showPrice } from './forms.js';
import { ladders } from './ladder.js';
import { amount, clock, element, fillTable, money } from './tables.js';

const EVERY_MS = 1_000;
const $ = (id) => document.getElementById(id);

let timer;
let picture;
let reading = false;
let again = false;

/** Reads and draws, once a second while somebody looks; at once after an action. */
async function refresh(failure) {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  clearTimeout(timer);
  try {
    picture = await call('GET', 'picture');
    draw();
    document.body.classList.remove('stale');
    $('pulse').textContent = pulseOf(failure);
  } catch (error) {
    document.body.classList.add('stale');
    $('pulse').textContent = `no answer: ${error.message}. What is shown is old`;
  }
  reading = false;
  clearTimeout(timer);
  if (again) {
    again = false;
    void refresh();
  } else if (!document.hidden) timer = setTimeout(refresh, EVERY_MS);
}

function pulseOf(failure) {
  const { nowMs, clock: kind, seed } = picture;
  const time = `${kind === 'virtual' ? 'virtual time' : ''} ${new Date(nowMs).toISOString().replace('T', ' ').slice(0, 19)}`;
  return failure instanceof Error ? `refused: ${failure.message}` : `${time} UTC, seed ${seed}`;
}

const after = (failure) => void refresh(failure);
const send = priceSender(after);
const drawLadders = ladders($('positions'), { onDrag: send });

function draw() {
  offerChoices(picture);
  showPrice(picture);
  drawFigures(picture);
  drawLadders(picture);
  fillTable($('accounts'), ACCOUNT_COLUMNS, picture.accounts, { empty: 'no accounts' });
  fillTable($('faults'), FAULT_COLUMNS, picture.faults, { empty: 'no faults' });
  fillTable($('orders'), ORDER_COLUMNS, picture.orders, { keyOf: ({ orderId }) => orderId, empty: 'no open orders' });
  fillTable($('executions'), EXECUTION_COLUMNS, picture.executions, {
    keyOf: ({ execId }) => execId,
    empty: 'no executions yet',
  });
}

function drawFigures({ counts, walking, accounts, positions, orders }) {
  const figure = $('protected');
  figure.textContent = `${counts.protected} of ${counts.positions}`;
  figure.className = `figure ${counts.positions === 0 ? 'none' : counts.protected < counts.positions ? 'bad' : ''}`;
  const hidden = [
    ...(positions.length < counts.positions ? [`the first ${positions.length} positions are drawn`] : []),
    ...(orders.length < counts.orders ? [`the newest ${orders.length} orders are listed`] : []),
  ];
  $('counts').textContent = [`${accounts.length} accounts`, `${counts.orders} open orders`, ...hidden].join(' · ');
  $('walking').textContent = walking ? 'prices walk' : 'prices stand still';
}

const ACCOUNT_COLUMNS = [
  ['account', ({ name }) => name],
  ['mode', ({ mode }) => mode],
  ['balance', ({ walletBalance }) => money(walletBalance), 'n'],
  ['equity', ({ equity }) => money(equity), 'n'],
  ['unrealised', ({ unrealisedPnl }) => amount(unrealisedPnl), 'n'],
  ['positions', ({ positions }) => String(positions), 'n'],
  ['orders', ({ orders }) => String(orders), 'n'],
];

const FAULT_COLUMNS = [
  ['fault', ({ kind }) => kind],
  ['where', ({ account = 'all', endpoint = '' }) => `${account} ${endpoint}`],
  ['chance', ({ probability = 1 }) => String(probability), 'n'],
  ['ms', ({ ms }) => String(ms ?? ''), 'n'],
  ['hits', ({ hits, count }) => (count === undefined ? String(hits) : `${hits} of ${count}`), 'n'],
];

const ORDER_COLUMNS = [
  ['account', ({ account }) => account],
  ['symbol', ({ symbol }) => symbol],
  ['side', ({ side }) => element('span', side === 'Buy' ? 'buy' : 'sell', side)],
  [
    'kind',
    ({ stopOrderType, orderType, reduceOnly }) => (stopOrderType || orderType) + (reduceOnly ? ', reduce only' : ''),
  ],
  ['left', ({ leavesQty }) => leavesQty, 'n'],
  ['price', ({ price }) => price, 'n'],
  ['trigger', ({ triggerPrice }) => triggerPrice, 'n'],
  ['status', ({ orderStatus }) => orderStatus],
  ['link id', ({ orderLinkId, origin }) => orderLinkId || element('span', 'note', origin)],
  ['since', ({ createdAtMs }) => clock(createdAtMs)],
  ['', cancelButton],
];

const EXECUTION_COLUMNS = [
  ['time', ({ atMs }) => clock(atMs)],
  ['account', ({ account }) => account],
  ['symbol', ({ symbol }) => symbol],
  ['side', ({ side }) => element('span', side === 'Buy' ? 'buy' : 'sell', side)],
  ['kind', ({ kind }) => kind],
  ['quantity', ({ execQty }) => execQty, 'n'],
  ['price', ({ execPrice }) => execPrice, 'n'],
  ['closed', ({ closedSize }) => (Number(closedSize) === 0 ? '' : closedSize), 'n'],
  ['result', ({ execPnl, closedSize }) => (Number(closedSize) === 0 ? '' : amount(execPnl)), 'n'],
  ['link id', ({ orderLinkId }) => orderLinkId],
];

function cancelButton({ account, symbol, orderId }) {
  const button = element('button', '', 'cancel');
  button.type = 'button';
  button.addEventListener('click', () => {
    void call('POST', 'orders/cancel', { account, symbol, orderId }).then(() => after(), after);
  });
  return button;
}

forms({ send, after });
document.addEventListener('choose', () => picture && showPrice(picture));
document.addEventListener('visibilitychange', () => !document.hidden && void refresh());
void refresh();
