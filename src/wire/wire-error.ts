/** Bytes that are not of the protocol. Ends the one connection they came on; `reason` is what its record says. */
export class WireError extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`The bytes are not of the protocol: ${reason}.`)
    this.reason = reason
  }

  static {
    // On the prototype, so that `name` is not printed as an own property.
    Object.defineProperty(WireError.prototype, 'name', { value: 'WireError', configurable: true, writable: true })
  }
}
