import type { z } from 'zod';

export interface InputFault {
  readonly path: string;
  readonly message: string;
}

/** Each fault of an input by its path; an unknown key is a fault of that key. */
export function inputFaults({ issues }: z.ZodError): readonly InputFault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is unknown' }));
  });
}
