import { call, onTick } from './api.js';
import { element } from './tables.js';

const SLIDE_SHARE = 0.1;
const STEPS_PCT = [-5, -1, -0.1, 0.1, 1, 5];

/** One click each: [label, fault]. */
const QUICK = [
  ['lose next reply, with effect', { kind: 'reply-lost-after', count: 1 }],
  ['lose next reply, no effect', { kind: 'reply-lost-before', count: 1 }],
  ['rate-limited for 5 s', { kind: 'rate-limited', untilMs: 5_000 }],
  ['server errors for 5 s', { kind: 'server-error', untilMs: 5_000 }],
  ['slow by 2 s for 15 s', { kind: 'latency', ms: 2_000, untilMs: 15_000 }],
  ['stale reads for 15 s', { kind: 'stale-reads', ms: 10_000, untilMs: 15_000 }],
  ['403 for 5 s', { kind: 'forbidden', untilMs: 5_000 }],
  ['drop frames for 15 s', { kind: 'frame-dropped', untilMs: 15_000 }],
  ['cut all sockets', { kind: 'socket-cut' }],
  ['restart for 8 s', { kind: 'service-restart', ms: 8_000 }],
];

const $ = (id) => document.getElementById(id);

/** Everything that acts. `send` moves a price, `after` is called when an action has had its effect, or has failed. */
export function forms({ send, after }) {
  const acting = (action) => action.then(() => after(), after);
  priceForm(send);
  walkForm(acting);
  faultForm(acting);
  tradeForm(acting);
}

/** Fills the choices without taking away what was chosen. */
export function offerChoices(picture) {
  const symbols = picture.symbols.map(({ symbol }) => symbol);
  const accounts = picture.accounts.map(({ name }) => name);
  offer($('price').elements.symbol, symbols);
  offer($('trade').elements.symbol, symbols);
  offer($('trade').elements.account, accounts);
  offer($('fault').elements.account, ['', ...accounts], 'all');
  offer($('fault').elements.symbol, ['', ...symbols], '-');
  offer($('fault').elements.kind, picture.faultKinds);
}

/** Shows the price of the chosen symbol; a slider that is held stays where the hand is. */
export function showPrice(picture) {
  const form = $('price');
  const chosen = picture.symbols.find(({ symbol }) => symbol === form.elements.symbol.value);
  if (chosen === undefined) return;
  form.chosen = chosen;
  $('last').value = chosen.last;
  if (form.elements.slide.from === undefined) form.elements.slide.value = '0';
}

function offer(select, values, emptyLabel = '') {
  if (select.offered === values.join(' ')) return;
  const before = select.value;
  select.replaceChildren(...values.map((value) => new Option(value === '' ? emptyLabel : value, value)));
  if (values.includes(before)) select.value = before;
  select.offered = values.join(' ');
}

function priceForm(send) {
  const form = $('price');
  const { slide, exact, symbol } = form.elements;
  const set = (price) => form.chosen && send(form.chosen.symbol, onTick(price, form.chosen.tickSize));
  slide.addEventListener('input', () => {
    slide.from ??= Number(form.chosen.last);
    const move = (Number(slide.value) / 1_000) * SLIDE_SHARE;
    $('move').textContent = `${move > 0 ? '+' : ''}${(move * 100).toFixed(1)} %`;
    set(slide.from * (1 + move));
  });
  slide.addEventListener('change', () => {
    slide.from = undefined;
    slide.value = '0';
    $('move').textContent = '';
  });
  for (const step of STEPS_PCT) {
    const button = element('button', '', `${step > 0 ? '+' : '−'}${Math.abs(step)} %`);
    button.type = 'button';
    button.addEventListener('click', () => set(Number(form.chosen.last) * (1 + step / 100)));
    $('steps').append(button);
  }
  symbol.addEventListener('change', () => document.dispatchEvent(new Event('choose')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (Number(exact.value) > 0) set(Number(exact.value));
  });
}

function walkForm(acting) {
  $('walk').addEventListener('submit', (event) => {
    event.preventDefault();
    const { volatility, step } = event.target.elements;
    const spec = { volatilityPctPerMinute: Number(volatility.value), stepMs: Number(step.value) };
    void acting(event.submitter?.value === 'stop' ? call('DELETE', 'walk') : call('POST', 'walk', spec));
  });
}

function faultForm(acting) {
  for (const [label, fault] of QUICK) {
    const button = element('button', '', label);
    button.type = 'button';
    button.addEventListener('click', () => void acting(call('POST', 'faults', { faults: [fault] })));
    $('quick').append(button);
  }
  $('fault').addEventListener('submit', (event) => {
    event.preventDefault();
    const fault = faultOf(event.target.elements);
    const isClear = event.submitter?.value === 'clear';
    void acting(isClear ? call('DELETE', 'faults') : call('POST', 'faults', { faults: [fault] }));
  });
}

function faultOf({ kind, account, endpoint, symbol, probability, count, ms, untilMs, more }) {
  const texts = Object.entries({ account, endpoint, symbol }).filter(([, { value }]) => value !== '');
  const numbers = Object.entries({ probability, count, ms, untilMs }).filter(([, { value }]) => value !== '');
  return {
    kind: kind.value,
    ...Object.fromEntries(texts.map(([name, { value }]) => [name, value])),
    ...Object.fromEntries(numbers.map(([name, { value }]) => [name, Number(value)])),
    ...Object.fromEntries(more.value.split(' ').filter(Boolean).map(namedValue)),
  };
}

/** `name=value`: amounts of money and sizes are texts for the exchange, everything else with digits is a number. */
function namedValue(text) {
  const [name, value = ''] = text.split('=');
  const isNumber = /Ms$|^(percent|positionIdx)$/.test(name);
  return [name, isNumber ? Number(value) : value];
}

function tradeForm(acting) {
  $('trade').addEventListener('submit', (event) => {
    event.preventDefault();
    const { account, symbol, qty, price, positionIdx, reduceOnly } = event.target.elements;
    const order = {
      account: account.value,
      symbol: symbol.value,
      side: event.submitter?.value ?? 'Buy',
      qty: qty.value,
      orderType: price.value === '' ? 'Market' : 'Limit',
      ...(price.value === '' ? {} : { price: price.value }),
      positionIdx: Number(positionIdx.value),
      reduceOnly: reduceOnly.checked,
    };
    void acting(place(order));
  });
}

async function place(order) {
  try {
    const { orderStatus, orderId } = await call('POST', 'orders', order);
    $('said').textContent = `${order.side} ${order.qty} ${order.symbol}: ${orderStatus} ${orderId}`;
  } catch (error) {
    $('said').textContent = error.message;
    throw error;
  }
}
