import { plural } from '../../primitives/plural.js'
import { HotbedError } from '../../primitives/error.js'
import { parsePgDump } from './parse-pg-dump.js'
import { relationsOf, type DumpedRelation, type StatisticsDump } from './statistics-dump.js'

/** A dump, from wherever. */
export interface ReadDump {
  /** `hotbed statistics export`, or `pg_dump`. */
  readonly source: string
  /** '' where the dump does not tell. */
  readonly postgresVersion: string
  readonly relations: readonly DumpedRelation[]
  readonly notes: readonly string[]
}

const HOW = 'Make one with: hotbed statistics export --url postgres://… --output statistics.json, or pg_dump --statistics-only (18)'

/**
 * Reads what `hotbed statistics export` or `pg_dump --statistics-only` wrote.
 *
 * @param where for messages
 * @throws {HotbedError} `ERR_HOTBED_PLAN` for anything else, and for a dump without statistics
 */
export function readDump(text: string, where: string): ReadDump {
  if (text.startsWith('PGDMP'))
    throw unreadable(`${where} is an archive of pg_dump.`, 'Write it as SQL: pg_restore --statistics-only --file statistics.sql ARCHIVE')
  if (/^\s*\{/.test(text)) {
    let content: unknown
    try {
      content = JSON.parse(text)
    } catch (error) {
      throw unreadable(`${where} is no JSON: ${error instanceof Error ? error.message : String(error)}.`, HOW, error)
    }
    return readPortable(content, where)
  }
  const { postgresVersion, relations, unreadable: failed } = parsePgDump(text)
  if (relations.length === 0) throw unreadable(`${where} has no statistics: neither JSON, nor calls of pg_restore_relation_stats.`, HOW)
  const notes = failed === 0 ? [] : [`${plural(failed, 'call')} of pg_restore_…_stats could not be read`]
  return { source: 'pg_dump', postgresVersion, relations, notes }
}

/** Reads what `hotbed statistics export` makes, as a value. */
export function readPortable(content: unknown, where: string): ReadDump {
  if (!isRecord(content) || !Array.isArray(content['tables']))
    throw unreadable(`${where} is no dump of statistics: it has no list 'tables'.`, HOW)
  if (content['format'] !== 1) {
    throw unreadable(`${where} has the format ${JSON.stringify(content['format'])}, and this version of hotbed reads format 1.`, HOW)
  }
  for (const table of content['tables']) checkTable(table, where)
  const postgresVersion = typeof content['postgresVersion'] === 'string' ? content['postgresVersion'] : ''
  // Just checked, as far as it is used.
  const dump = content as unknown as StatisticsDump
  if (dump.tables.length === 0) throw unreadable(`${where} has statistics of no table.`, HOW)
  return { source: 'hotbed statistics export', postgresVersion, relations: relationsOf(dump), notes: [] }
}

function checkTable(table: unknown, where: string): void {
  const name = isRecord(table) ? `${String(table['schema'])}.${String(table['table'])}` : 'a table'
  const isRight =
    isRecord(table) &&
    hasTypes(table, { schema: 'string', table: 'string', rows: 'number', pages: 'number', allVisiblePages: 'number' }) &&
    isListOf(
      table['columns'],
      (column) =>
        hasTypes(column, { column: 'string', inherited: 'boolean', nullFraction: 'number', averageWidth: 'number', distinct: 'number' }) &&
        (column['bounds'] === undefined || isListOf(column['bounds'], undefined)) &&
        (column['mostCommon'] === undefined ||
          (isRecord(column['mostCommon']) &&
            isListOf(column['mostCommon']['values'], undefined) &&
            Array.isArray(column['mostCommon']['frequencies']))),
    ) &&
    isListOf(table['indexes'], (index) => hasTypes(index, { name: 'string', rows: 'number', pages: 'number' }))
  if (!isRight) throw unreadable(`${where} is no dump of statistics: ${name} lacks what is needed.`, HOW)
}

type Fields = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasTypes(value: Fields, types: Readonly<Record<string, string>>): boolean {
  return Object.entries(types).every(([name, type]) => typeof value[name] === type)
}

/** A list of objects that are right, or, without `isRight`, of texts. */
function isListOf(value: unknown, isRight: ((one: Fields) => boolean) | undefined): boolean {
  return (
    Array.isArray(value) && value.every((one: unknown) => (isRight === undefined ? typeof one === 'string' : isRecord(one) && isRight(one)))
  )
}

function unreadable(message: string, remedy: string, cause?: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_PLAN', { message, remedy, ...(cause === undefined ? {} : { cause }) })
}
