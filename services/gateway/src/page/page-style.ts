export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b2430; --dim: #64707f; --paper: #f5f6f8; --card: #fff; --line: #dfe3e8;
  --good: #177245; --bad: #c62828; --warn: #9a5b00; --link: #1857b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --dim: #93a0b0; --paper: #12161c; --card: #1b2129;
  --line: #2d3540; --good: #4cc38a; --bad: #ff6b61; --warn: #f0b357; --link: #7fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 76rem; margin: 0 auto; display: grid; gap: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; }
h1 { font-size: 1.15rem; margin: 0; }
h2 { font-size: .8rem; margin: 0 0 .5rem; text-transform: uppercase; letter-spacing: .06em; color: var(--dim); }
a { color: var(--link); }
nav { display: flex; flex-wrap: wrap; gap: 1rem; margin-left: auto; }
#pulse { color: var(--dim); font-size: .85rem; }
.stale #pulse { color: var(--bad); font-weight: 600; }
.stale section { opacity: .55; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; min-width: 0; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); align-items: start; }
.figure { font-size: clamp(2rem, 7vw, 3.4rem); font-weight: 700; line-height: 1.1; color: var(--good); }
.figure.bad { color: var(--bad); }
.figure.none { color: var(--dim); }
.note { color: var(--dim); }
.bad { color: var(--bad); font-weight: 600; }
.warn { color: var(--warn); }
.good { color: var(--good); }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; color: var(--dim); font-size: .8rem; }
th, td { padding: .28rem 1rem .28rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
.n { text-align: right; }
td:last-child, th:last-child { padding-right: 0; }
@media (max-width: 46rem) {
  nav { margin-left: 0; }
  .cards thead { display: none; }
  .cards tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; padding: .4rem 0; border-bottom: 1px solid var(--line); }
  .cards tbody tr:last-child { border-bottom: 0; }
  .cards td { border: 0; padding: 0; text-align: left; }
  .cards td:empty { display: none; }
  .cards td[data-label]::before { content: attr(data-label) ' '; color: var(--dim); font-size: .8rem; }
  .cards td.wide { grid-column: 1 / -1; }
}
`;
