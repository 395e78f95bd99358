/** What a verb works with besides its options. */
export interface VerbContext {
  readonly env: NodeJS.ProcessEnv;
  /** Aborts on SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  /** Writes a line, or several, for the person who asked. */
  readonly print: (text: string) => void;
  /** Writes a line that is not part of the answer. */
  readonly warn: (text: string) => void;
}
