import type { UpstreamCall } from '../../wire/recording/recording.js'

/** A call that failed and its retries, in order. The last may have failed as well. */
export type CallChain = readonly [first: UpstreamCall, ...retries: UpstreamCall[]]

/**
 * What failed, each with what tried it again: the first call after the failure with the same method, path and body, in the same operation. One call is the retry of one
 * failure only.
 */
export function findCallChains(
  calls: readonly UpstreamCall[],
  isFailure: (call: UpstreamCall) => boolean,
  operationOf: (call: UpstreamCall) => number,
): readonly CallChain[] {
  const chains: [UpstreamCall, ...UpstreamCall[]][] = []
  /** Failures that nobody has tried again yet, with the chain that each stands in. */
  const waiting = new Map<string, { readonly end: number; readonly chain: [UpstreamCall, ...UpstreamCall[]] }[]>()
  for (const call of calls) {
    const key = `${operationOf(call)} ${call.upstream} ${call.method} ${call.path}\n${call.bytes.request} ${call.request.body}`
    const failures = waiting.get(key) ?? []
    const at = failures.findIndex(({ end }) => end < call.start)
    const [failed] = at === -1 ? [] : failures.splice(at, 1)
    failed?.chain.push(call)
    if (!isFailure(call)) continue
    const chain: [UpstreamCall, ...UpstreamCall[]] = failed?.chain ?? [call]
    if (failed === undefined) chains.push(chain)
    failures.push({ end: call.end ?? Infinity, chain })
    waiting.set(key, failures)
  }
  return chains
}
