import { plural } from '../../primitives/plural.js'
import { tableLabel } from '../../primitives/sql-name.js'
import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import { printBytes } from '../../schema-check/print-inspection.js'
import type { InspectedTable, SchemaInspection, TableBloat } from '../../schema-check/schema-inspection.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readInspection } from './read-inspection.js'

export interface BloatOptions {
  /** `orders` or `shop.orders`. @default every table of at least ten pages */
  readonly table?: string
}

/** A table with its bloat. */
interface Measured {
  readonly label: string
  readonly bloat: TableBloat
}

const SHOWN = 6
/** Of one page most is free, whatever was done. */
const SMALL_BYTES = 10 * 8192

/**
 * Passes when less than so many percent of each table's file, TOAST included, is dead rows or free space. Mostly used after something was deleted: a
 * prune that leaves its space behind makes every later Seq Scan as slow as before.
 *
 * @param percent between 0 and 100
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no inspection, one without `{ bloat: true }`, a table that is not there or is smaller than ten
 * pages
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a percentage that is none
 */
export function toHaveBloatBelow(received: unknown, percent: number, options: BloatOptions = {}): MatcherVerdict {
  const inspection = readInspection(received, 'toHaveBloatBelow')
  if (typeof percent !== 'number' || !(percent > 0 && percent <= 100))
    throw wrongOption('percent', 'a number above 0, at most 100', percent)
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ table }', options)
  checkOptionNames(options, ['table'], 'toHaveBloatBelow()')
  const { table } = options
  if (table !== undefined && (typeof table !== 'string' || table === '')) throw wrongOption('table', "a table's name", table)
  const judged = readMeasured(inspection, table).toSorted((a, b) => b.bloat.percent - a.bloat.percent)
  const above = judged.filter(({ bloat }) => bloat.percent >= percent)
  return makeVerdict(
    above.length === 0,
    () => [
      `${describeWorst(above[0])}, expected less than ${percent} %.`,
      ...above.slice(0, SHOWN).map(bloatLine),
      ...(above.length > SHOWN ? [`  … and ${plural(above.length - SHOWN, 'more table')}`] : []),
      '',
      ...remedyLines(above[0]),
    ],
    () => [`${describeWorst(judged[0])}, expected ${percent} % or more.`, ...judged.slice(0, SHOWN).map(bloatLine)],
  )
}

function readMeasured({ tables, bloatMeasured }: SchemaInspection, table: string | undefined): readonly Measured[] {
  if (!bloatMeasured)
    throw unjudgeable(['The inspection did not measure bloat.'], 'Ask for it: await postgres.inspectSchema({ bloat: true })')
  const named = tables.filter((one) => table === undefined || table === one.table || table === `${one.schema}.${one.table}`)
  if (table !== undefined && named.length === 0) {
    const near = nearestName(table, tables.map(labelOf))
    throw unjudgeable(
      [`The schema has no table '${table}'.`],
      near === undefined ? `Its tables: ${tables.slice(0, 20).map(labelOf).join(', ') || 'none'}.` : `Did you mean '${near}'?`,
    )
  }
  const measured = named.flatMap((one) => (one.bloat === undefined ? [] : [{ label: labelOf(one), bloat: one.bloat }]))
  const large = measured.filter(({ bloat }) => bloat.bytes >= SMALL_BYTES)
  if (large.length > 0) return large
  throw unjudgeable(
    [
      table === undefined
        ? 'No table has ten pages, and of a small one most is free, whatever was done.'
        : `The table ${table} has ${printBytes(measured[0]?.bloat.bytes ?? 0)}: of so small a table most is free, whatever was done.`,
    ],
    'Fill it as production does before it is pruned.',
  )
}

function labelOf({ schema, table }: InspectedTable): string {
  return tableLabel({ schema, name: table })
}

function describeWorst(worst: Measured | undefined): string {
  return worst === undefined ? '' : `${printPercent(worst.bloat.percent)} of ${worst.label} is bloat`
}

function bloatLine({ label, bloat }: Measured): string {
  const { bytes, deadBytes, freeBytes, deadRows, percent } = bloat
  return `  ${label}: ${printBytes(bytes)}, of it ${printBytes(deadBytes)} in ${plural(deadRows, 'dead row')} and ${printBytes(freeBytes)} free  (${printPercent(percent)})`
}

/** Dead rows and free space have different causes. */
function remedyLines(worst: Measured | undefined): readonly string[] {
  if (worst === undefined) return []
  const { deadBytes, freeBytes } = worst.bloat
  return deadBytes > freeBytes
    ? [
        `  Dead rows stay until a VACUUM: autovacuum comes for them in production, and is off here. Run 'VACUUM ${worst.label}' after the prune.`,
      ]
    : [
        '  VACUUM leaves free space in the file. It is used again by new rows; where none come, only VACUUM FULL or dropping a partition gives it back.',
      ]
}

function printPercent(percent: number): string {
  return `${percent.toLocaleString('en-US', { maximumFractionDigits: 1 })} %`
}
