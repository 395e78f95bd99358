/** A control request that cannot be carried out: 400, or 409 when it can at another time. */
export class BadControl extends Error {
  override readonly name = 'BadControl';
  readonly status: 400 | 409;

  constructor(message: string, status: 400 | 409 = 400) {
    super(message);
    this.status = status;
  }
}
