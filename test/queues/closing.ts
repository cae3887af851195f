/** Lets `await using` end what has a `close`. */
export function closing<Closed extends { readonly close: () => Promise<void> }>(closed: Closed): Closed & AsyncDisposable {
  return Object.assign(closed, { [Symbol.asyncDispose]: closed.close })
}
