/**
 * Configuration or input that a person has to correct. `message` is one line per fault and holds no value that could be a
 * secret; a `main` prints it and exits with code 2.
 */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  readonly exitCode = 2;

  constructor(title: string, faults: readonly string[]) {
    super(faults.length === 0 ? title : [`${title}:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}
