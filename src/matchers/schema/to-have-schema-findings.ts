import { findingLines } from '../../schema-check/print-inspection.js'
import type { SchemaFindingId, SchemaInspection } from '../../schema-check/schema-inspection.js'
import { unjudgeable } from '../message/evidence.js'
import { applyExemptions } from '../message/exemptions.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readFindingsOptions, type SchemaFindingsOptions } from './findings-options.js'
import { readInspection } from './read-inspection.js'

const SHOWN = 7

/**
 * Passes when the schema has defects of the kinds asked for. Mostly used with `.not`.
 *
 * An exemption that exempted nothing fails the expectation, with and without `.not`: it can be removed.
 *
 * @param this what `expect` passes: an exemption that is not needed fails in both directions
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no inspection, for `only: ['unused-index']` where no recording was given, and for a schema
 * without tables
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an unknown kind, or an exemption without a reason
 */
export function toHaveSchemaFindings(this: unknown, received: unknown, options: SchemaFindingsOptions = {}): MatcherVerdict {
  const inspection = readInspection(received, 'toHaveSchemaFindings')
  const { only, exemptions } = readFindingsOptions(options)
  refuseUnchecked(inspection, only)
  const asked = inspection.findings.filter(({ id }) => only.length === 0 || only.includes(id))
  const { left, unusedLines, passes } = applyExemptions(asked, exemptions)
  const exempted = asked.length - left.length
  const kinds = only.length === 0 ? inspection.checked : only
  const cleanLines = (): readonly string[] => [
    `The schema has no ${kinds.join(', ')} in ${inspection.tables.length} tables${exempted === 0 ? '' : `, but for ${exempted} exempted`}.`,
    ...unusedLines,
  ]
  const foundLines = (): readonly string[] => [
    `The schema has ${left.length === 1 ? 'a defect' : `${left.length} defects`}${exempted === 0 ? '' : `, and ${exempted} exempted`}:`,
    ...left.slice(0, SHOWN).flatMap(findingLines),
    ...(left.length > SHOWN ? [`  … and ${left.length - SHOWN} more: print the inspection`] : []),
    ...(unusedLines.length > 0
      ? unusedLines
      : [`Accept one with its reason: { except: [{ finding: '${left[0]?.id}', on: '${left[0]?.name}', reason: 'why' }] }`]),
  ]
  const lines = left.length > 0 ? foundLines : cleanLines
  return makeVerdict(passes(this), lines, lines)
}

function refuseUnchecked({ checked, tables }: SchemaInspection, only: readonly SchemaFindingId[]): void {
  const unchecked = only.filter((id) => !checked.includes(id))
  if (unchecked.length > 0) {
    throw unjudgeable(
      [`The inspection did not look for ${unchecked.join(', ')}: that needs a recording.`],
      'Inspect over one: await postgres.inspectSchema({ recording: await suite.record(…) })',
    )
  }
  if (tables.length === 0) {
    throw unjudgeable(
      ['The schema has no table, so there is nothing to judge.'],
      "Give the stack its migrations: postgres: { migrations: './migrations' }",
    )
  }
}
