import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError } from '../../primitives/error.js'
import type { PlanSession } from '../session.js'
import { trialOf, trialOfColumn } from './batch.js'
import type { Extremes } from './ends.js'
import type { GrownFiles } from './grown-files.js'
import type { ProjectedFamilies } from './project-family.js'
import type { ColumnRow } from './write-statistics.js'

/** Blocks of the largest relation: the last number means none (PostgreSQL sources, storage/block.h). */
const MOST_PAGES = 2 ** 32 - 2

/** @throws {HotbedError} `ERR_HOTBED_PROJECTION` for a table or an index that PostgreSQL could not hold */
export function checkPages({ parts, sizes }: Pick<ProjectedFamilies, 'parts' | 'sizes'>, blockBytes: number): void {
  const all = parts.flatMap(({ statistics: { table, pages, indexes } }) => [{ name: table, pages }, ...indexes])
  const large = all.find(({ pages }) => pages > MOST_PAGES)
  if (large === undefined) return
  const rows = sizes.map(({ table, projected }) => `${table}: ${projected.toLocaleString('en-US')}`).join(', ')
  const terabytes = (pages: number): string => `${Math.round((pages * blockBytes) / 2 ** 40).toLocaleString('en-US')} TB`
  throw new HotbedError('ERR_HOTBED_PROJECTION', {
    message: `With { ${rows} } rows ${large.name} would take ${terabytes(large.pages)}, and PostgreSQL holds up to ${terabytes(MOST_PAGES)} in one table or index.`,
    remedy: 'Plan for fewer rows, or make it a partitioned table: each part has a size of its own.',
  })
}

/** @throws {HotbedError} `ERR_HOTBED_PROJECTION` for files that cannot be made as long */
export function growFiles(files: Pick<GrownFiles, 'grow'>, { parts }: Pick<ProjectedFamilies, 'parts'>): void {
  for (const part of parts) {
    try {
      files.grow(part)
    } catch (error) {
      throw new HotbedError('ERR_HOTBED_PROJECTION', {
        message: `The files of ${part.table.name} cannot be made ${part.statistics.pages.toLocaleString('en-US')} blocks long: ${errorFields(error).message}.`,
        remedy:
          "They are all holes, but the file system has to allow them: look at 'ulimit -f' and at the file system of the data directory.",
        cause: error,
      })
    }
  }
}

/** Adds the tables that take no end rows: those with types, constraints or triggers that we know too little of. */
export async function findRefusals(
  session: PlanSession,
  projected: ProjectedFamilies,
  extremes: ReadonlyMap<number, Extremes>,
  refused: Map<number, string>,
): Promise<void> {
  for (const part of projected.parts) {
    if (part.table.path === null || refused.has(part.table.oid)) continue
    const refusal = await tryOut(session, trialOf(part, extremes.get(part.table.oid) ?? new Map()))
    if (refusal === undefined) continue
    const note = `the first and last row of ${part.table.name} could not be put in, so values beyond its histogram are estimated as none: ${refusal}`
    refused.set(part.table.oid, note)
  }
}

/** Which column's statistics PostgreSQL refused, and why. */
export async function explainRefusal(
  session: PlanSession,
  { parts }: Pick<ProjectedFamilies, 'parts'>,
  columns: readonly ColumnRow[],
  cause: unknown,
): Promise<HotbedError> {
  for (const row of columns) {
    const refusal = await tryOut(session, trialOfColumn(row))
    if (refusal === undefined) continue
    const table = parts.find((part) => part.table.oid === row.oid)?.table
    const name = table?.columns.find(({ position }) => position === row.position)?.name ?? String(row.position)
    return new HotbedError('ERR_HOTBED_PROJECTION', {
      message: `The values that ${table?.name ?? 'a table'}.${name} would have at this size were refused by PostgreSQL: ${refusal}.`,
      remedy: `Say that it repeats the values that there are, by { columns: { '${table?.name ?? 'table'}.${name}': 'fixed' } }, or plan for fewer rows.`,
      cause,
    })
  }
  return new HotbedError('ERR_HOTBED_PROJECTION', {
    message: `PostgreSQL refused the projected sizes: ${errorFields(cause).message}.`,
    remedy: 'Plan for fewer rows.',
    cause,
  })
}

/** What the server says against it; nothing of it stays. */
async function tryOut(session: PlanSession, sql: string): Promise<string | undefined> {
  try {
    await session.query(sql)
    return undefined
  } catch (error) {
    return errorFields(error).message
  } finally {
    await session.query('ROLLBACK')
  }
}
