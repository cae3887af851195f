import { scanSql } from '../primitives/sql-scan.js'
import { foldLists, joinTokens, type ShapeToken } from './sql-shape-tokens.js'

/** The words that a statement with CTEs may be about. */
const MAIN_WORDS: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE'])

/** Words after which a minus belongs to the number that follows. */
const BEFORE_SIGN: ReadonlySet<string> = new Set(
  'values limit offset in and or then else when between select return returning set by where not like is'.split(' '),
)

/**
 * What statements have in common that differ in their values only. Constants and parameters become `?`, the lists of IN, VALUES and ARRAY become
 * `(…)` however long they are, words are in small letters, blanks and comments are gone. Names in quotes stay as they are. The name of a
 * savepoint becomes `?`, as libraries count them. Takes time linear in the length of the text; callers keep the result.
 */
export function shapeOf(sql: string): string {
  const tokens: ShapeToken[] = []
  scanSql(sql, (kind, start, end) => {
    if (kind !== 'literal') tokens.push({ kind, text: kind === 'word' ? sql.slice(start, end).toLowerCase() : sql.slice(start, end) })
    else {
      while (isSign(tokens)) tokens.pop()
      tokens.push({ kind, text: '?' })
    }
    return true
  })
  while (tokens.at(-1)?.text === ';') tokens.pop()
  foldSavepoint(tokens)
  return joinTokens(foldLists(tokens))
}

/** First keyword of a statement in capitals, of one with CTEs that of the statement behind them; '' when there is none. */
export function commandWord(sql: string): string {
  return readCommand(sql).word
}

/** The command word, and where in the text it stands. */
export function readCommand(sql: string): { readonly word: string; readonly at: number } {
  let found = { word: '', at: 0 }
  let first = { word: '', at: 0 }
  let depth = 0
  scanSql(sql, (kind, start, end) => {
    const text = sql.slice(start, end)
    if (text === '(') depth += 1
    else if (text === ')') depth -= 1
    else if (kind === 'word') {
      const word = text.toUpperCase()
      if (first.word === '') first = { word, at: start }
      if (first.word !== 'WITH') found = first
      else if (depth === 0 && MAIN_WORDS.has(word)) found = { word, at: start }
    } else if (first.word === '' && kind !== 'mark') return false
    return found.word === ''
  })
  return found.word === '' ? first : found
}

/** Sent by clients and libraries when they connect, before the application has asked for anything. Tested against shapes. */
const SET_UP_QUERIES: readonly RegExp[] = [
  // postgres.js (fetchArrayTypes, src/connection.js), tokio-postgres and with it Prisma (TYPEINFO_QUERY, src/prepare.rs), Sequelize
  // (fetchOIDs), TypeORM (enums): which type has which OID.
  /^(?:with ranges as \(.*\) )?select [^;]*? from (?:pg_catalog\.)?"?pg_(?:type|enum|range)"?(?: |$)/,
  // knex (checkVersion in dialects/postgres), TypeORM (PostgresDriver.connect), Prisma: the server's version.
  /^select version\(\)(?: as \S+)?$/,
  // TypeORM (PostgresDriver.connect, PostgresQueryRunner).
  /^select (?:\* from )?current_(?:schema|database)\(\)(?: as \S+)?$/,
]

/**
 * True for what prepares a session and is no work of the application: SET, RESET, SHOW, DISCARD (`pg` users, Sequelize and Prisma set
 * `search_path`, time zone and the like) and the queries that libraries send when they connect. SET LOCAL, SET TRANSACTION and
 * SET CONSTRAINTS belong to the application's transaction.
 */
export function isSessionSetUp(sql: string, shape: string = shapeOf(sql)): boolean {
  const [word, second] = shape.split(' ', 2)
  if (word === 'set') return second !== 'local' && second !== 'transaction' && second !== 'constraints'
  if (word === 'reset' || word === 'show' || word === 'discard') return true
  return (word === 'select' || word === 'with') && SET_UP_QUERIES.some((query) => query.test(shape))
}

function isSign(tokens: readonly ShapeToken[]): boolean {
  const sign = tokens.at(-1)
  if (sign?.kind !== 'operator' || (sign.text !== '-' && sign.text !== '+')) return false
  const before = tokens.at(-2)
  if (before === undefined || before.kind === 'operator') return true
  return before.kind === 'word' ? BEFORE_SIGN.has(before.text) : ['(', '[', ','].includes(before.text)
}

/** `savepoint trx7`, `release trx7`, `rollback to savepoint trx7` */
function foldSavepoint(tokens: ShapeToken[]): void {
  if (tokens.length > 5 || tokens.length < 2) return
  const words = tokens.slice(0, -1).map(({ text }) => text)
  const names = words[0] === 'savepoint' || words[0] === 'release' || (words[0] === 'rollback' && words.includes('to'))
  if (names) tokens.splice(-1, 1, { kind: 'literal', text: '?' })
}
