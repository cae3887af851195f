import { isLoadReport, type LoadReport } from '../../load/load-report.js'
import { wrongEvidence } from '../message/evidence.js'

/** @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, for anything else */
export function readLoad(received: unknown, matcher: string): LoadReport {
  if (isLoadReport(received)) return received
  throw wrongEvidence(received, matcher, 'the report of a load', "const report = await suite.load(() => …, { rate: 100, for: '5s' })")
}
