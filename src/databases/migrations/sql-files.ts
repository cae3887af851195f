import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import type { SqlClient } from '../sql-client.js'
import { splitStatements, type FileStatement } from './split-statements.js'

/** An SQL file of a migrations folder. */
export interface SqlFile {
  /** From the folder of the step: the same wherever the project lies. */
  readonly name: string
  /** From the working directory, for messages. */
  readonly path: string
  readonly sql: string
}

/**
 * The `.sql` files at `path` (a file, or a folder with its subfolders) in the order they run: by name, numbers by value, so that `10_` follows `9_`.
 * `*.down.sql`, `*-down.sql` and hidden files are left out, and so is the down part of files that hold both directions.
 *
 * @throws {HotbedError} `ERR_HOTBED_MIGRATION` when there is none
 */
export async function readSqlFiles(path: string): Promise<readonly SqlFile[]> {
  const full = resolve(path)
  const isFile = (await stat(full)).isFile()
  const names = isFile
    ? ['']
    : (await readdir(full, { recursive: true })).filter((name) => /^[^.].*\.sql$/.test(basename(name)) && !/[.-]down\.sql$/.test(name))
  if (names.length === 0) {
    throw new HotbedError('ERR_HOTBED_MIGRATION', {
      message: `The folder ${full} has no .sql files.`,
      remedy: 'Name the folder that holds them, or give a function or a command.',
    })
  }
  const order = new Intl.Collator('en', { numeric: true })
  const files = names.toSorted((a, b) => order.compare(a, b)).map((name) => (isFile ? full : join(full, name)))
  return Promise.all(
    files.map(async (file) => ({
      name: relative(full, file),
      path: relative(process.cwd(), file) || file,
      sql: upPart(await readFile(file, 'utf8')),
    })),
  )
}

/** Markers of dbmate, goose and node-pg-migrate. */
const DOWN_MARKER = /^--\s*(?:migrate:down|\+goose\s+Down|Down Migration)\b/im

/** The part of `sql` that migrates up. Cut at the end only, so line numbers stay. */
function upPart(sql: string): string {
  const down = DOWN_MARKER.exec(sql)
  return down === null ? sql : sql.slice(0, down.index)
}

/** Lines that pg_dump writes for psql; nothing is lost without them. */
const PSQL_HARMLESS = /^\\(?:un)?restrict\b.*$/gm
const PSQL_ONLY = /^\\[A-Za-z.!?].*|^COPY\b[^;]*\bFROM\s+STDIN\b/i

/**
 * Runs each statement of each file, in order, once all of them have been read. What a file sets for its session (pg_dump empties the
 * search_path) ends with the file.
 *
 * @throws {HotbedError} `ERR_HOTBED_MIGRATION` with file, line and statement
 */
export async function runSqlFiles(client: SqlClient, files: readonly SqlFile[]): Promise<void> {
  const split = files.map(({ path, sql }) => {
    const statements = splitStatements(sql.replaceAll(PSQL_HARMLESS, ''))
    refusePsqlSyntax(path, statements)
    return { path, sql, statements }
  })
  for (const { path, sql, statements } of split) {
    for (const statement of statements) {
      try {
        await client.query(statement.text)
      } catch (error) {
        throw migrationError(path, statement, error)
      }
    }
    await endFile(client, path, sql)
  }
}

const ACTIVE_SQL_TRANSACTION = '25001'

/** DISCARD ALL brings the session back, roles included, and is refused in a transaction, whose work would be lost silently. */
async function endFile(client: SqlClient, path: string, sql: string): Promise<void> {
  try {
    await client.query('DISCARD ALL')
  } catch (error) {
    const { code, message } = errorFields(error)
    const isOpen = code === ACTIVE_SQL_TRANSACTION
    throw new HotbedError('ERR_HOTBED_MIGRATION', {
      message: `${path}:${sql.trimEnd().split('\n').length} ${isOpen ? 'ends inside a transaction' : `was run, but then: ${message}`}.`,
      ...(isOpen ? { remedy: 'Add COMMIT; at its end.' } : {}),
      cause: error,
    })
  }
}

function refusePsqlSyntax(path: string, statements: readonly FileStatement[]): void {
  const bad = statements.find(({ text }) => PSQL_ONLY.test(text))
  if (bad === undefined) return
  throw new HotbedError('ERR_HOTBED_MIGRATION', {
    message: `${path}:${bad.line} holds '${bad.text.split('\n')[0]}', which only psql understands.`,
    remedy: "Dump with 'pg_dump --inserts', or run psql itself: migrations: { command: 'psql \"$DATABASE_URL\" -f …', inputs: ['…'] }.",
  })
}

function migrationError(path: string, statement: FileStatement, error: unknown): HotbedError {
  const { message, position, detail, hint, code } = errorFields(error)
  const offset = position === undefined ? 0 : statement.text.slice(0, Number(position) - 1).split('\n').length - 1
  const lines = statement.text.split('\n')
  const excerpt = lines
    .slice(Math.max(0, offset - 3), offset + 4)
    .map((text, index) => `    ${text}${index + Math.max(0, offset - 3) === offset && position !== undefined ? '   ←' : ''}`)
  return new HotbedError('ERR_HOTBED_MIGRATION', {
    message: [
      `${path}:${statement.line + offset} failed: ${message}${code === undefined ? '' : ` (SQLSTATE ${code})`}`,
      ...(detail === undefined ? [] : [`    ${detail}`]),
      ...excerpt,
    ].join('\n'),
    ...(hint === undefined ? extensionRemedy(message) : { remedy: hint }),
    cause: error,
  })
}

/** Migrations run as the owner, who may not create extensions that are not trusted. */
function extensionRemedy(message: string): { readonly remedy?: string } {
  const match = /permission denied to create extension "([^"]+)"/.exec(message)
  return match === null
    ? {}
    : {
        remedy: `Let hotbed create it in the template: postgres: { extensions: ['${match[1]}'] }.`,
      }
}
