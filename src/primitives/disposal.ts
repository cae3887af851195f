/**
 * What has been started, in order; `dispose` ends it in the opposite order. (Node 20 has no AsyncDisposableStack.)
 * Every step runs, also after one that failed; failures are thrown together.
 */
export interface DisposalStack {
  readonly defer: (end: () => Promise<void> | void) => void
  /** Ends everything. A second call waits for the first. */
  readonly dispose: () => Promise<void>
}

export function createDisposalStack(): DisposalStack {
  const ends: (() => Promise<void> | void)[] = []
  let disposing: Promise<void> | undefined
  return {
    defer: (end) => void ends.push(end),
    dispose: () => (disposing ??= disposeAll(ends)),
  }
}

async function disposeAll(ends: (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = []
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    try {
      await end()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'Several things could not be ended.')
}
