import { createFifo, type Fifo } from '../../primitives/fifo.js'
import type { UpstreamCall } from '../../wire/recording/recording.js'

/** A call that failed and its retries, in order. The last may have failed as well. */
export type CallChain = readonly [first: UpstreamCall, ...retries: UpstreamCall[]]

/**
 * What failed, each with what tried it again: the first call after the failure with the same method, path and body, in the same operation. One call
 * is the retry of one failure only.
 */
export function findCallChains(
  calls: readonly UpstreamCall[],
  isFailure: (call: UpstreamCall) => boolean,
  operationOf: (call: UpstreamCall) => number,
): readonly CallChain[] {
  const keyOf = (call: UpstreamCall): string => `${operationOf(call)} ${textOf(call)}`
  const failures = calls.filter(isFailure).toSorted((a, b) => endOf(a) - endOf(b))
  const failed = new Set(failures)
  const chains = new Map<UpstreamCall, [UpstreamCall, ...UpstreamCall[]]>()
  const found: CallChain[] = []
  /** Failures that were over by now and that nobody has tried again yet. */
  const waiting = new Map<string, Fifo<UpstreamCall>>()
  let over = 0
  for (const call of calls) {
    for (let next = failures[over]; next !== undefined && endOf(next) < call.start; next = failures[over]) {
      over += 1
      const key = keyOf(next)
      const queue = waiting.get(key) ?? createFifo()
      waiting.set(key, queue)
      queue.push(next)
    }
    const before = waiting.size === 0 ? undefined : waiting.get(keyOf(call))?.take()
    const known = before === undefined ? undefined : chains.get(before)
    known?.push(call)
    if (!failed.has(call)) continue
    const chain: [UpstreamCall, ...UpstreamCall[]] = known ?? [call]
    chains.set(call, chain)
    if (known === undefined) found.push(chain)
  }
  return found
}

function textOf({ upstream, method, path, bytes, request }: UpstreamCall): string {
  return `${upstream} ${method} ${path}\n${bytes.request} ${request.body}`
}

function endOf({ end }: UpstreamCall): number {
  return end ?? Infinity
}
