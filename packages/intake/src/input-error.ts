import type { Fault } from '@backstop/core';

/** Input that a person has to correct. A process that ends with it exits with `exitCode`. */
export class InputError extends Error {
  readonly faults: readonly Fault[];
  readonly exitCode = 2;

  constructor(title: string, faults: readonly Fault[]) {
    super(
      [
        `${title}:`,
        ...faults.map(({ path, message }) => (path === '' ? `  ${message}` : `  ${path}: ${message}`)),
      ].join('\n'),
    );
    this.name = 'InputError';
    this.faults = faults;
  }
}
