import { runService } from '@backstop/runtime';
import { runProgram } from './program.ts';

await runService('backstop', (signal) =>
  runProgram(process.argv.slice(2), {
    env: process.env,
    signal,
    print: (text) => void process.stdout.write(`${text}\n`),
    warn: (text) => void process.stderr.write(`${text}\n`),
  }),
);
