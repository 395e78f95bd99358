import { readFile } from 'node:fs/promises';

const LINES = 5;

/** The end of a process's log, for the message about its failure: the folder that it lies in may be deleted soon. */
export async function lastLines(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const lines = text.trim().split('\n').slice(-LINES);
  return lines.map((line) => `  ${line}`).join('\n');
}
