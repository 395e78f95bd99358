/**
 * Paper trading's one-shot: hands data/workload-30.json to the gateway as an operator would, waits until the simulated exchange
 * shows every position under its stop, lets prices move if it is to, and ends. Run again, it finds the plans taken and says so.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const PLANS = new URL('../../data/workload-30.json', import.meta.url);
const LIMIT_MS = 90_000;
const AGAIN_MS = 1_000;
const CALL_MS = 10_000;
const NOT_YET = 503;

interface Totals {
  readonly openNow: number;
  readonly protectedNow: number;
}

const {
  PAPER_GATEWAY_URL: gateway = '',
  PAPER_SIMULATOR_URL: simulator = '',
  BACKSTOP_OPERATOR_TOKEN = '',
} = process.env;
const volatilityPctPerMinute = Number(process.env['PAPER_WALK_PCT_PER_MINUTE'] ?? '0');
const text = await readFile(PLANS, 'utf8');
const { plans }: { readonly plans: readonly object[] } = JSON.parse(text);

say(await within(submit));
const { openNow, protectedNow } = await within(allProtected);
say(`${openNow} positions open, ${protectedNow} protected`);
if (volatilityPctPerMinute > 0) {
  await call(`${simulator}/sim/walk`, { seed: 7, stepMs: 250, volatilityPctPerMinute });
  say(`prices move by ${volatilityPctPerMinute} % a minute`);
}

/** undefined = not yet: maintenance has not read trading rules and prices. */
async function submit(): Promise<string | undefined> {
  const { monitors }: { readonly monitors: readonly object[] } = await read(`${gateway}/v1/monitors`);
  if (monitors.length > 0) return `${monitors.length} monitors are there already`;

  const response = await call(`${gateway}/v1/monitors`, text);
  if (response.ok) return `${plans.length} plans accepted`;
  const answer = `${response.status} ${await response.text()}`;
  if (response.status !== NOT_YET) refuse(`the gateway refuses the plans: ${answer}`);
  say(`not yet: ${answer}`);
  return undefined;
}

async function allProtected(): Promise<Totals | undefined> {
  const { totals }: { readonly totals: Totals } = await read(`${simulator}/sim/truth`);
  return totals.openNow >= plans.length && totals.protectedNow === totals.openNow ? totals : undefined;
}

async function within<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + LIMIT_MS;
  while (performance.now() < deadlineMs) {
    const answer = await ask().catch((error: unknown) => say(`not yet: ${String(error)}`));
    if (answer !== undefined) return answer;
    await pause(AGAIN_MS);
  }
  return refuse(`no success within ${LIMIT_MS / 1_000} s`);
}

async function read<T>(url: string): Promise<T> {
  return JSON.parse(await (await call(url)).text());
}

function call(url: string, body?: object | string): Promise<Response> {
  const signal = AbortSignal.timeout(CALL_MS);
  if (body === undefined) return fetch(url, { signal });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${BACKSTOP_OPERATOR_TOKEN}` };
  return fetch(url, { method: 'POST', signal, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

function say(line: string): undefined {
  process.stdout.write(`${line}\n`);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
