import { RunError } from '../up/run-error.ts';
import type { VerbContext } from '../context.ts';
import { table } from '../table.ts';
import { readProbeOptions } from './probe-options.ts';
import type { ProbeOptions } from './probe-options.ts';
import type { Finding, Question } from './question.ts';
import { QUESTIONS } from './questions.ts';
import { openRig } from './open-rig.ts';
import type { OpenRig } from './open-rig.ts';

const HEAD = ['question', 'observed', 'option', 'should be', 'assumed now', ''];

/**
 * `backstop probe`: asks a demo account what the exchange's documents leave open, with the smallest orders, and prints one
 * table. Each question begins and ends with nothing on the symbol.
 */
export async function probe(given: unknown, { env, signal, print }: VerbContext): Promise<void> {
  const options = readProbeOptions(given, env);
  const questions = QUESTIONS.filter(({ question }) => question.includes(options.only ?? ''));
  const opened = await openRig(options, signal);
  print(`${questions.length} questions to ${new URL(options.url).host} on ${options.symbol}`);
  const rows: string[][] = [];
  try {
    for (const question of questions) {
      if (signal.aborted) break;
      rows.push(rowOf(question, await answerTo(question, opened, options)));
    }
  } finally {
    if (rows.length > 0) print(table(HEAD, rows));
  }
}

/** What a question finds out; a surprise is an answer too, but a clean-up that fails ends the run. */
async function answerTo(question: Question, { rig, cleanUp }: OpenRig, options: ProbeOptions): Promise<Finding> {
  const finding = await question.ask(rig).catch(surprised);
  try {
    await cleanUp();
  } catch (error) {
    throw new RunError(redacted(`after "${question.question}": ${told(error)}`, options));
  }
  return { ...finding, observed: redacted(finding.observed, options) };
}

function surprised(error: unknown): Finding {
  return { observed: told(error), value: undefined };
}

function rowOf({ question, option, assumed }: Question, { observed, value }: Finding): string[] {
  const verdict = value === undefined ? 'not told' : value === assumed ? '' : 'DIFFERS';
  return [question, observed, option === '' ? '-' : option, value ?? '?', assumed, verdict];
}

function told(error: unknown): string {
  const text = error instanceof Error ? error.message : 'unknown fault';
  return error instanceof RunError ? text : `failed: ${text}`;
}

/** The exchange repeats the key and the signature in some texts. */
function redacted(text: string, { apiKey, secret }: ProbeOptions): string {
  return text
    .replaceAll(secret, '***')
    .replaceAll(apiKey, '***')
    .replaceAll(/[0-9a-f]{64}/gi, '***')
    .slice(0, 160);
}
