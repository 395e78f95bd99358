import type { Fault } from '@backstop/core';
import type { z } from 'zod';
import { flattenIssues } from './flatten-issues.ts';

/** zod leaves the input out of its issues by default; here it tells a missing value from a wrong one, and is never printed. */
export const REPORT = { reportInput: true } as const;

/** zod's issues as faults, with paths as a person writes them: `plans[3].stopLoss.triggerPrice`. Values are not repeated. */
export function toFaults(issues: readonly z.core.$ZodIssue[], root: readonly PropertyKey[] = []): Fault[] {
  return flattenIssues(issues).flatMap((issue) => {
    const path = [...root, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: formatPath([...path, key]), message: 'unknown key' }));
    }
    return [
      {
        path: formatPath(path),
        message: issue.input === undefined && issue.code === 'invalid_type' ? 'missing' : issue.message,
      },
    ];
  });
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
