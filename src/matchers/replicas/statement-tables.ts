import { tableReads } from '../../plan/walk.js'
import type { Statement } from '../../wire/recording/recording.js'

const NAME = String.raw`(?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?`
/** Not the UPDATE of `FOR UPDATE`, nor that of `ON CONFLICT DO UPDATE SET`. */
const WRITTEN = new RegExp(
  String.raw`\b(?:insert into|(?<!\bfor (?:no key )?)update(?! set\b)(?: only)?|delete from(?: only)?|merge into|truncate(?: table)?(?: only)?|copy)\s+(${NAME})`,
  'g',
)
const ITEM = String.raw`(?:only\s+)?${NAME}(?:\s+(?:as\s+)?(?:"[^"]+"|[\w$]+))?`
/** `from orders o, lines`, `join products` */
const READ = new RegExp(String.raw`\b(?:(?<!\bdelete )from|join)\s+(${ITEM}(?:\s*,\s*${ITEM})*)`, 'g')
const FIRST = new RegExp(String.raw`^(?:only\s+)?(${NAME})`)
const SHOWS = /^(?:select|with|table|values|copy|fetch|declare)\b/
const TABLE = new RegExp(String.raw`^table\s+(?:only\s+)?(${NAME})`)

/** Names of tables, without schema and quotes, by the shape of a statement: shapes come again and again. */
export interface StatementTables {
  /** That are named as the target of a write. */
  readonly written: (statement: Statement) => ReadonlySet<string>
  /** That are named in it, or scanned by its plan, where it shows rows. */
  readonly read: (statement: Statement) => ReadonlySet<string>
}

export function createStatementTables(): StatementTables {
  return { written: rememberByShape(findWritten), read: rememberByShape(findRead) }
}

function rememberByShape(find: (statement: Statement) => ReadonlySet<string>): (statement: Statement) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  return (statement) => {
    const before = known.get(statement.shape)
    if (before !== undefined) return before
    const found = find(statement)
    known.set(statement.shape, found)
    return found
  }
}

function findWritten({ shape, copy }: Statement): ReadonlySet<string> {
  return copy === 'out' ? new Set() : new Set([...shape.matchAll(WRITTEN)].map(([, name = '']) => plainName(name)))
}

/** A plan knows what is behind a view, and the text the table that a scanned partition belongs to. */
function findRead({ shape, plan }: Statement): ReadonlySet<string> {
  if (!SHOWS.test(shape)) return new Set()
  const listed = [...shape.matchAll(READ)].flatMap(([, list = '']) => list.split(','))
  const names = [...listed.map((item) => FIRST.exec(item.trim())?.[1]), TABLE.exec(shape)?.[1]]
  const named = names.flatMap((name) => (name === undefined ? [] : [plainName(name)]))
  const scanned = plan === undefined ? [] : tableReads(plan).flatMap(({ relation }) => (relation === undefined ? [] : [relation.table]))
  return new Set([...named, ...scanned])
}

function plainName(name: string): string {
  const last = /(?:"([^"]+)"|([\w$]+))$/.exec(name)
  return last?.[1] ?? last?.[2] ?? name
}
