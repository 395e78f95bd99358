import { readFileSync } from 'node:fs';
import type { Reply } from '../http/envelope.ts';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

/** Everything comes from here, nothing is written in place, and no page of others may frame this one. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const PAGES: ReadonlyMap<string, Reply> = new Map([
  ['GET /', pageOf(new URL('./page/page.html', import.meta.url))],
  ['GET /page/page.css', pageOf(new URL('./page/page.css', import.meta.url))],
  ['GET /page/page.js', pageOf(new URL('./page/page.js', import.meta.url))],
  ['GET /page/api.js', pageOf(new URL('./page/api.js', import.meta.url))],
  ['GET /page/forms.js', pageOf(new URL('./page/forms.js', import.meta.url))],
  ['GET /page/ladder.js', pageOf(new URL('./page/ladder.js', import.meta.url))],
  ['GET /page/tables.js', pageOf(new URL('./page/tables.js', import.meta.url))],
]);

/** The page at `/` and its parts by `METHOD /path`; `undefined` for every other path. */
export function pageReply(route: string): Reply | undefined {
  return PAGES.get(route);
}

function pageOf(file: URL): Reply {
  const type = TYPES[file.pathname.split('.').at(-1) ?? ''] ?? 'text/plain';
  return {
    status: 200,
    headers: { 'content-type': `${type}; charset=utf-8`, ...HEADERS },
    body: readFileSync(file, 'utf8'),
  };
}
