import pLimit from 'p-limit'
import type { BuildReport } from '../report.js'

/**
 * Repaired: no more than so many of this process at a time. Who stands in this line has no time-out; in that of the pool the last of eighty would
 * run into `connectionTimeoutMillis`.
 */
export function limited(build: BuildReport, most: number): BuildReport {
  const limit = pLimit(most)
  return (stores, request) => limit(() => build(stores, request))
}
