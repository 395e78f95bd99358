import type { z } from 'zod';

/** A value of another kind than a branch of a union is for. */
const MISFITS: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union']);

/**
 * zod's issues with those of a union replaced by what is wrong within the branch that was meant: the only one whose kind of
 * value was given. Where none or several may have been meant, the union's own issue stays.
 */
export function flattenIssues(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.flatMap((issue) => (issue.code === 'invalid_union' ? meant(issue) : [issue]));
}

function meant(issue: z.core.$ZodIssue & { readonly code: 'invalid_union' }): readonly z.core.$ZodIssue[] {
  const fitting = issue.errors.filter(
    (branch) => !branch.some(({ path, code }) => path.length === 0 && MISFITS.has(code)),
  );
  const [branch] = fitting;
  if (branch === undefined || fitting.length > 1) return [issue];
  return flattenIssues(branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
}
