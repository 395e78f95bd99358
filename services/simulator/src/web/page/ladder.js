import { onTick } from './api.js';
import { amount, element } from './tables.js';

const LANES = 2;
const LANE_REM = 1.15;
const LABEL_PX_PER_CHARACTER = 7;
/** How far an axis goes beyond its outermost level, as a share of its length. */
const MARGIN = 0.12;
const LEAST_REACH = 0.01;

/** One card for each position: a line of facts and an axis with every level. The last price may be dragged along it. */
export function ladders(container, { onDrag }) {
  const cards = new Map();
  return (picture) => {
    const symbols = new Map(picture.symbols.map((one) => [one.symbol, one]));
    const keys = picture.positions.map(({ account, symbol, positionIdx }) => `${account} ${symbol} ${positionIdx}`);
    for (const [key, card] of cards) {
      if (keys.includes(key)) continue;
      card.root.remove();
      cards.delete(key);
    }
    for (const [at, position] of picture.positions.entries()) {
      const card = cards.get(keys[at]) ?? cardOf(onDrag);
      cards.set(keys[at], card);
      if (container.children[at] !== card.root) container.insertBefore(card.root, container.children[at] ?? null);
      card.draw(position, levelsOf(position, picture.orders), symbols.get(position.symbol));
    }
    if (picture.positions.length === 0) container.replaceChildren(element('div', 'note', 'no open positions'));
    else container.querySelector(':scope > .note')?.remove();
  };
}

function cardOf(onDrag) {
  const title = element('div', 'title');
  const marks = element('div');
  const handle = element('button', 'handle');
  handle.type = 'button';
  const axis = element('div', 'axis', element('div', 'rail'), marks, handle);
  const root = element('div', 'position', title, axis);
  const state = { range: undefined, symbol: undefined, held: false };

  const dragTo = ({ clientX }) => {
    const { left, width } = axis.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (clientX - left) / width));
    const [low, high] = state.range;
    handle.style.left = `${share * 100}%`;
    onDrag(state.symbol.symbol, onTick(low + share * (high - low), state.symbol.tickSize));
  };
  const hold = (held) => {
    state.held = held;
    handle.classList.toggle('held', held);
  };
  handle.addEventListener('pointerdown', (event) => {
    handle.setPointerCapture(event.pointerId);
    hold(true);
  });
  handle.addEventListener('pointermove', (event) => state.held && dragTo(event));
  for (const end of ['pointerup', 'pointercancel']) handle.addEventListener(end, () => hold(false));
  handle.addEventListener('keydown', ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step === undefined) return;
    const { symbol, last, tickSize } = state.symbol;
    onDrag(symbol, onTick(Number(last) * (1 + step * 0.001) + step * Number(tickSize), tickSize));
  });

  return {
    root,
    draw: (position, levels, symbol) => {
      state.symbol = symbol;
      title.replaceChildren(...titleOf(position, symbol));
      const last = Number(symbol.last);
      // While it is held, the axis must not move away under the hand.
      if (!state.held || state.range === undefined) state.range = rangeOf([...levels.map(({ price }) => price), last]);
      marks.replaceChildren(...drawLevels(levels, { range: state.range, last, widthPx: axis.clientWidth, position }));
      handle.title = `${symbol.symbol} last ${symbol.last}: drag it`;
      handle.setAttribute('aria-label', handle.title);
      if (!state.held) handle.style.left = `${shareOf(last, state.range) * 100}%`;
    },
  };
}

function titleOf(position, { last }) {
  const { account, symbol, side, size, avgPrice, unrealisedPnl, trailingStop, activePrice } = position;
  const trail =
    trailingStop === '' ? '' : `trails by ${trailingStop}${activePrice === '' ? '' : ` from ${activePrice}`}`;
  return [
    element('strong', '', symbol),
    element('span', 'note', account),
    element('span', side === 'Buy' ? 'buy' : 'sell', `${side === 'Buy' ? 'long' : 'short'} ${size}`),
    element('span', '', `from ${Number(avgPrice)}, last ${last}`),
    amount(unrealisedPnl),
    element('span', 'warn', trail),
    position.protected ? '' : element('span', 'bad', 'NOT PROTECTED'),
  ];
}

/** Everything with a price that belongs to a position: its own levels, and the orders on its symbol and index. */
function levelsOf(position, orders) {
  const own = orders.filter(
    ({ account, symbol, positionIdx }) =>
      account === position.account && symbol === position.symbol && positionIdx === position.positionIdx,
  );
  const levels = own.map((order) => levelOf(order, position));
  return [{ price: Number(position.avgPrice), kind: 'avg', text: `entry ${Number(position.avgPrice)}` }, ...levels];
}

const STOPS = { StopLoss: 'stop', PartialStopLoss: 'part stop', TrailingStop: 'trailing' };

function levelOf(order, { side }) {
  const price = Number(order.triggerPrice || order.price);
  const stop = STOPS[order.stopOrderType];
  if (stop !== undefined) return { price, kind: 'sl', text: `${stop} ${price}` };
  if (order.stopOrderType.endsWith('TakeProfit'))
    return { price, kind: 'tp', text: `target ${order.leavesQty} @ ${price}` };
  if (order.stopOrderType === 'Stop')
    return { price, kind: 'other', text: `if ${price} ${order.side} ${order.leavesQty}` };
  const closes = order.reduceOnly || order.side !== side;
  return { price, kind: closes ? 'tp' : 'entry', text: `${closes ? 'close' : 'add'} ${order.leavesQty} @ ${price}` };
}

function rangeOf(prices) {
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const reach = Math.max((high - low) * MARGIN, high * LEAST_REACH);
  return [Math.max(0, low - reach), high + reach];
}

function shareOf(price, [low, high]) {
  return Math.min(1, Math.max(0, (price - low) / (high - low)));
}

function drawLevels(levels, { range, last, widthPx, position }) {
  const average = levels[0].price;
  const [from, to] = [shareOf(Math.min(average, last), range), shareOf(Math.max(average, last), range)];
  const isLoss = position.side === 'Buy' ? last < average : last > average;
  const span = element('div', isLoss ? 'span loss' : 'span');
  span.style.left = `${from * 100}%`;
  span.style.width = `${(to - from) * 100}%`;
  const lanes = { above: [], below: [] };
  const sorted = levels.toSorted((a, b) => a.price - b.price);
  return [span, ...sorted.flatMap((level) => drawLevel(level, { share: shareOf(level.price, range), lanes, widthPx }))];
}

/** What closes stands above the rail, what opens and protects below; labels that would overlap take the next lane. */
function drawLevel({ kind, text }, { share, lanes, widthPx }) {
  const place = kind === 'tp' || kind === 'other' ? 'above' : 'below';
  const half = (text.length * LABEL_PX_PER_CHARACTER) / 2;
  const centre = Math.min(Math.max(share * widthPx, half), widthPx - half);
  const ends = lanes[place];
  let lane = 0;
  while (lane < LANES && (ends[lane] ?? Number.NEGATIVE_INFINITY) > centre - half) lane += 1;
  const mark = element('div', `mark ${place} ${kind}`);
  mark.style.left = `${share * 100}%`;
  mark.style.height = `${0.7 + Math.min(lane, LANES - 1) * LANE_REM}rem`;
  mark.title = text;
  if (lane === LANES) return [mark];
  ends[lane] = centre + half + 6;
  const label = element('div', `label ${kind}`, text);
  label.style.left = `${centre}px`;
  label.style[place === 'above' ? 'bottom' : 'top'] =
    `calc(${place === 'above' ? '3.3rem' : '3.1rem'} + ${0.7 + lane * LANE_REM}rem)`;
  return [mark, label];
}
