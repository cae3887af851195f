import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import { findingLines } from '../../schema-check/print-inspection.js'
import {
  SCHEMA_FINDING_IDS,
  type SchemaFinding,
  type SchemaFindingId,
  type SchemaInspection,
} from '../../schema-check/schema-inspection.js'
import { unjudgeable } from '../message/evidence.js'
import { applyExemptions, checkReasons, needlessExemptions, unusedLines, type Exemption } from '../message/exemptions.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readInspection } from './read-inspection.js'

/** A finding that is allowed. */
export interface SchemaExemption extends Exemption {
  readonly finding: SchemaFindingId
  /** Its table (`orders`, `shop.orders`), index or constraint. @default all of the kind */
  readonly on?: string
}

export interface SchemaFindingsOptions {
  /** Looks at these kinds only. @default all that were looked for */
  readonly only?: readonly SchemaFindingId[]
  /** Findings that are allowed, each with its reason. One that exempts nothing is refused. @default none */
  readonly except?: readonly SchemaExemption[]
}

const SHOWN = 7

/**
 * Passes when the schema has defects of the kinds asked for. Mostly used with `.not`.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no inspection, for `only: ['unused-index']` where no recording was given, for a schema
 * without tables, and for exemptions that exempt nothing
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an unknown kind, or an exemption without a reason
 */
export function toHaveSchemaFindings(received: unknown, options: SchemaFindingsOptions = {}): MatcherVerdict {
  const inspection = readInspection(received, 'toHaveSchemaFindings')
  const { only, except } = readOptions(options)
  refuseUnchecked(inspection, only)
  const asked = inspection.findings.filter(({ id }) => only.length === 0 || only.includes(id))
  const { left, unused } = applyExemptions(asked, except, isFor)
  if (left.length === 0 && unused.length > 0) throw needlessExemptions('toHaveSchemaFindings', unused, describe)
  const kinds = only.length === 0 ? inspection.checked : only
  return makeVerdict(
    left.length > 0,
    () => [
      `The schema has no ${kinds.join(', ')} in ${inspection.tables.length} tables${asked.length === 0 ? '' : `, but for ${asked.length} exempted`}.`,
    ],
    () => [
      `The schema has ${left.length === 1 ? 'a defect' : `${left.length} defects`}${asked.length === left.length ? '' : `, and ${asked.length - left.length} exempted`}:`,
      ...left.slice(0, SHOWN).flatMap(findingLines),
      ...(left.length > SHOWN ? [`  … and ${left.length - SHOWN} more: print the inspection`] : []),
      ...unusedLines(unused, describe),
      `  To allow one: { except: [{ finding: '${left[0]?.id}', on: '${left[0]?.name}', reason: '…' }] }`,
    ],
  )
}

function readOptions(options: SchemaFindingsOptions): Required<SchemaFindingsOptions> {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ only, except }', options)
  checkOptionNames(options, ['only', 'except'], 'toHaveSchemaFindings()')
  const { only = [], except = [] } = options
  if (!Array.isArray(only)) throw wrongOption('only', "a list such as ['unindexed-foreign-key']", only)
  if (!Array.isArray(except))
    throw wrongOption('except', "a list such as [{ finding: 'missing-primary-key', on: 'log', reason: '…' }]", except)
  for (const one of except) {
    if (typeof one !== 'object' || one === null) throw wrongOption('except', 'a list of { finding, on, reason }', one)
    checkOptionNames(one, ['finding', 'on', 'reason'], 'except')
    if (one.on !== undefined && typeof one.on !== 'string') throw wrongOption('on', "a table's, index' or constraint's name", one.on)
  }
  checkReasons(except)
  for (const id of [...only, ...except.map(({ finding }) => finding)]) {
    if (SCHEMA_FINDING_IDS.includes(id)) continue
    const near = typeof id === 'string' ? nearestName(id, SCHEMA_FINDING_IDS) : undefined
    throw wrongOption(
      'only',
      near === undefined ? `some of ${SCHEMA_FINDING_IDS.join(', ')}` : `something else: did you mean '${near}'?`,
      id,
    )
  }
  return { only, except }
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

function isFor({ finding, on }: SchemaExemption, { id, schema, table, name }: SchemaFinding): boolean {
  return finding === id && (on === undefined || [table, `${schema}.${table}`, name, `${schema}.${name}`].includes(on))
}

function describe({ finding, on }: SchemaExemption): string {
  return on === undefined ? finding : `${finding} on ${on}`
}
