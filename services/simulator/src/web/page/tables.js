/** An element with a class and content; text is text, never HTML. */
export function element(tag, className = '', ...content) {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...content);
  return made;
}

/**
 * Fills a table: `columns` are [title, cell(row), class?]. Rows that were not there the last time light up when `keyOf`
 * names them.
 */
export function fillTable(table, columns, rows, { keyOf, empty = 'none' } = {}) {
  const known = table.known;
  const keys = new Set(keyOf === undefined ? [] : rows.map(keyOf));
  if (rows.length === 0) {
    table.replaceChildren(element('tbody', '', element('tr', '', element('td', 'note', empty))));
  } else {
    const head = element('tr', '', ...columns.map(([title, , style = '']) => element('th', style, title)));
    const body = rows.map((row) => {
      const isNew = known !== undefined && keyOf !== undefined && !known.has(keyOf(row));
      const cells = columns.map(([, cell, style = '']) => element('td', style, cell(row)));
      return element('tr', isNew ? 'new' : '', ...cells);
    });
    table.replaceChildren(element('thead', '', head), element('tbody', '', ...body));
  }
  table.known = keys;
}

/** A signed amount, green or red. */
export function amount(text) {
  const value = Number(text);
  const short = Math.abs(value) >= 1_000 ? value.toFixed(0) : value.toFixed(2);
  const isZero = Number(short) === 0;
  return element('span', isZero ? 'note' : value > 0 ? 'good' : 'bad', isZero ? '0' : value > 0 ? `+${short}` : short);
}

export function money(text) {
  return Number(text).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString('en-GB');
}
