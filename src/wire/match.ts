import { HotbedError } from '../primitives/error.js'
import type { PostgresRole } from './exchange.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import {
  looksLikeHttp,
  matchesHttp,
  parseHttp,
  parseHttpText,
  type HttpMatch,
  type HttpMatchSpec,
  type HttpSubject,
} from './http/http-match.js'
import { nearestWords } from './match-text.js'
import { CHANNEL_WORDS, readStoreOf, REDIS_CONTAINERS } from './match-words.js'
import { globToRegExp } from './redis-glob.js'
import { commandWord, readCommand, shapeOf } from './sql-shape.js'

/**
 * Which statements, commands and calls are meant:
 * - `'UPDATE seats'`, `'COMMIT'`: SQL that begins with these words, whatever its case, quotes, comments, CTEs and values. A single word is the
 *   kind of the statement. Names stand as they do in the statement; a schema `public` may be left out.
 * - `'GET user:*'`, `'GET'`, `'* user:*'`: a Redis command, or any, on a key, or any, that fits the glob.
 * - `{ sql: /^update seats/i }`: SQL as it was sent, without blanks and comments before it, or its shape. A text there is as above.
 * - `{ redis: 'SET', key: /^cart:/ }`: a Redis command, on a key. One of the two may be left out.
 * - `'POST /charges'`, `'GET /shipments/:id'`, `{ http: 'POST /charges', upstream: 'payments' }`: a call of an upstream.
 * - a predicate.
 *
 * Words that both stores have: SELECT, COPY, RESET and CLUSTER are read as SQL, SET, MOVE and DISCARD as Redis. Write `{ sql: 'SET' }` or
 * `{ redis: 'SELECT' }` for the other. A method followed by a path is a call: `GET /x` as well, so that a Redis key that begins with a slash is
 * written `{ redis: 'GET', key: '/x' }`.
 */
export type Match = string | SqlMatch | RedisMatch | HttpMatch | MatchPredicate

export interface SqlMatch {
  readonly sql: string | RegExp
}

export interface RedisMatch {
  /** The command's name, also with its subcommand: `CLIENT KILL`. @default any */
  readonly redis?: string
  /** A glob as Redis has it, or a regular expression. @default any key, or none */
  readonly key?: string | RegExp
}

export type MatchPredicate = (subject: MatchSubject) => boolean

/** What is looked at. Only what the match asks for is read, so these may be getters. */
export interface MatchSubject extends HttpSubject {
  readonly store: 'postgres' | 'redis' | 'upstream'
  readonly connection: number
  readonly sql?: string
  /** Which server the SQL was sent to. */
  readonly server?: PostgresRole
  /** Of the SQL; made from it where it is not there. */
  readonly shape?: string
  /** Of the Redis command, in capitals; made from its arguments where it is not there. */
  readonly name?: string
  /** The Redis command, its name first. */
  readonly args?: readonly string[]
  readonly keys?: readonly string[]
  /** Of Redis: the number that SELECT chose. Not known yet of a command that is on its way. */
  readonly database?: number
}

/** A match as plain data, which crosses threads. A predicate stays where it was made. */
export type MatchSpec = PlainMatchSpec | PredicateMatchSpec

export type PlainMatchSpec =
  | { readonly store: 'postgres'; readonly text: string; readonly word: string }
  | { readonly store: 'postgres'; readonly text: string; readonly begins: string }
  | { readonly store: 'postgres'; readonly text: string; readonly pattern: RegExp }
  | { readonly store: 'redis'; readonly text: string; readonly name: readonly string[]; readonly key: RegExp | undefined }
  | HttpMatchSpec

export interface PredicateMatchSpec {
  readonly text: string
  readonly predicate: true
}

const ACCEPTED =
  "a text such as 'GET user:*', 'UPDATE seats' or 'POST /charges', { sql: /^update seats/i }, { redis: 'SET', key: /^cart:/ }, or a predicate"

const MOST_TEXTS = 512

/** Whatever lets all of these through lets everything through. */
const PROBES = ['', 'SELECT 1', 'begin', 'insert into "é" values (…)', 'user:42', '7', 'CART\n{x}']

/**
 * Reads a match. `option` is its name in messages.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no match, could be neither SQL nor Redis, or is met by everything
 */
export function parseMatch(match: Match, option: string = 'match'): MatchSpec {
  if (typeof match === 'function') return { text: match.name === '' ? 'the predicate' : `the predicate ${match.name}`, predicate: true }
  if (typeof match === 'string') return parseText(match, option)
  const given: unknown = match
  if (given instanceof RegExp) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${option}' is the bare ${String(given)}, which does not say of what.`,
      remedy: `Write { sql: ${String(given)} } for statements, or { key: ${String(given)} } for Redis.`,
    })
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrongOption(option, ACCEPTED, given)
  if ('sql' in given) {
    checkOptionNames(given, ['sql'], `${option} with 'sql'`)
    return parseSql(given.sql)
  }
  if ('http' in given || 'upstream' in given) {
    checkOptionNames(given, ['http', 'upstream'], `${option} with 'http'`)
    return parseHttp(given)
  }
  checkOptionNames(given, ['sql', 'redis', 'key', 'http', 'upstream'], option)
  return parseRedis(given)
}

/** Whether a statement, command or call is meant. The predicate of a match that is one is called by the caller. */
export function matches(spec: PlainMatchSpec, subject: MatchSubject): boolean {
  if (spec.store !== subject.store) return false
  if (spec.store === 'redis') return matchesRedis(spec, subject)
  if (spec.store === 'upstream') return matchesHttp(spec, subject)
  const { sql = '' } = subject
  if ('word' in spec) return commandWord(sql) === spec.word
  const shape = subject.shape ?? shapeOf(sql)
  if ('begins' in spec) return beginsWith(shape, spec.begins)
  return testPattern(spec.pattern, sql.slice(startOf(sql))) || testPattern(spec.pattern, shape)
}

/**
 * The match as a function.
 *
 * @throws {HotbedError} as `parseMatch`
 */
export function matcherOf(match: Match, option?: string): (subject: MatchSubject) => boolean {
  const spec = parseMatch(match, option)
  if ('predicate' in spec) return match as MatchPredicate
  return spec.store === 'postgres' ? rememberSql(spec) : (subject) => matches(spec, subject)
}

/** Of a hundred thousand statements most have a text that was seen before. */
function rememberSql(spec: PlainMatchSpec): (subject: MatchSubject) => boolean {
  const known = new Map<string, boolean>()
  return (subject) => {
    if (subject.store !== 'postgres') return false
    const { sql = '' } = subject
    const before = known.get(sql)
    if (before !== undefined) return before
    const found = matches(spec, subject)
    // Texts that are all different gain nothing.
    if (known.size === MOST_TEXTS) known.clear()
    known.set(sql, found)
    return found
  }
}

/** The match in words: `UPDATE seats`, `sql /^update/i`, `SET with key /^cart:/`. */
export function describeMatch(match: Match): string {
  return parseMatch(match).text
}

function parseText(match: string, option: string): PlainMatchSpec {
  if (looksLikeHttp(match.trim())) return parseHttpText(match)
  const [, first = '', rest = ''] = /^(\S+)\s*([^]*)$/.exec(match.trim()) ?? []
  if (first === '') throw wrongOption(option, ACCEPTED, match)
  const word = first.toUpperCase().replace(/;$/, '')
  const store = readStoreOf(word, rest)
  if (store === 'postgres') return parseSqlText(match.trim())
  if (store === 'redis') return parseRedisText(match.trim(), word, rest, option)
  const near = nearestWords(word)
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${option}' is '${match}', and '${first}' begins neither an SQL statement nor a Redis command.`,
    remedy:
      near.length > 0
        ? `Did you mean ${near.map((one) => `'${[one, rest].join(' ').trim()}'`).join(' or ')}?`
        : `Accepted: ${ACCEPTED}. A command that is not known is written { redis: '${word}' }.`,
  })
}

function parseSqlText(text: string): PlainMatchSpec {
  const shape = shapeOf(text)
  if (shape === '') throw wrongOption('sql', 'the first words of a statement, or a regular expression', text)
  if (/^[a-z]+$/.test(shape)) return { store: 'postgres', text, word: shape.toUpperCase() }
  return { store: 'postgres', text, begins: comparable(shape) }
}

function parseSql(sql: unknown): PlainMatchSpec {
  if (typeof sql === 'string') return parseSqlText(sql.trim())
  if (!(sql instanceof RegExp)) throw wrongOption('sql', 'the first words of a statement, or a regular expression', sql)
  refuseTooBroad(sql, `{ sql: ${String(sql)} }`, 'statement')
  return { store: 'postgres', text: `sql ${String(sql)}`, pattern: sql }
}

function parseRedisText(text: string, word: string, rest: string, option: string): PlainMatchSpec {
  const parts = rest.split(/\s+/).filter((part) => part !== '')
  const name = word === '*' ? [] : REDIS_CONTAINERS.has(word) ? [word, ...parts.splice(0, 1).map((part) => part.toUpperCase())] : [word]
  const [glob, ...more] = parts
  if (more.length > 0) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${option}' is '${text}', and a Redis command is followed by one glob for its keys.`,
      remedy: `A key with a blank in it is written { redis: '${word}', key: '${parts.join(' ')}' }.`,
    })
  }
  if (name.length === 0 && (glob === undefined || isAnything(glob))) throw tooBroad(`'${text}'`, 'Redis command')
  return { store: 'redis', text, name, key: glob === undefined ? undefined : globToRegExp(glob) }
}

function parseRedis(match: object): PlainMatchSpec {
  const { redis, key }: { readonly redis?: unknown; readonly key?: unknown } = match
  if (redis === undefined && key === undefined) throw wrongOption('match', ACCEPTED, match)
  if (redis !== undefined && (typeof redis !== 'string' || !/^\S+(?: \S+)?$/.test(redis.trim()))) {
    throw wrongOption('redis', "a command's name, such as 'SET' or 'CLIENT KILL'", redis)
  }
  if (key !== undefined && !(key instanceof RegExp) && (typeof key !== 'string' || key === '')) {
    throw wrongOption('key', "a glob such as 'cart:*', or a regular expression", key)
  }
  const pattern = typeof key === 'string' ? globToRegExp(key) : key
  const keyText = typeof key === 'string' ? `'${key}'` : String(key)
  const name = redis === undefined || redis.trim() === '*' ? [] : redis.trim().toUpperCase().split(' ')
  if (name.length === 0) {
    if (pattern === undefined) throw tooBroad(`{ redis: '*' }`, 'Redis command')
    refuseTooBroad(pattern, `{ key: ${keyText} }`, 'Redis command with a key')
  }
  const text = [name.length === 0 ? 'any command' : name.join(' '), ...(key === undefined ? [] : [`with key ${keyText}`])].join(' ')
  return { store: 'redis', text, name, key: pattern }
}

function matchesRedis({ name, key }: Extract<PlainMatchSpec, { store: 'redis' }>, subject: MatchSubject): boolean {
  const command = subject.name ?? subject.args?.[0]?.toUpperCase() ?? ''
  const [wanted, second] = name
  if (wanted !== undefined && wanted !== command) return false
  if (second !== undefined && subject.args?.[1]?.toUpperCase() !== second) return false
  if (key === undefined) return true
  return namedBy(command, subject).some((one) => testPattern(key, one))
}

/** What a pattern for keys is compared with. */
function namedBy(command: string, subject: MatchSubject): readonly string[] {
  if (!CHANNEL_WORDS.has(command)) return subject.keys ?? []
  const { args = [] } = subject
  return command.endsWith('PUBLISH') ? args.slice(1, 2) : args.slice(1)
}

/** Also the statement behind the CTEs may begin so. */
function beginsWith(shape: string, begins: string): boolean {
  if (startsWithWords(comparable(shape), begins)) return true
  return shape.startsWith('with ') && startsWithWords(comparable(shape.slice(readCommand(shape).at)), begins)
}

function startsWithWords(text: string, words: string): boolean {
  return text.startsWith(words) && !(/[\w$"]$/.test(words) && /^[\w$\u0080-\uFFFF]/.test(text.slice(words.length)))
}

/** Without the quotes that change nothing, and without the schema that everybody has. */
function comparable(shape: string): string {
  return shape.replaceAll(/"([a-z_][a-z0-9_$]*)"/g, '$1').replaceAll(/(?<![\w.$])public\./g, '')
}

function startOf(sql: string): number {
  return sql.search(/\S/) < 0 || /^\s*(?:--|\/\*)/.test(sql) ? readCommand(sql).at : sql.search(/\S/)
}

/** Regular expressions with `g` or `y` remember where they were. */
function testPattern(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(text)
}

function isAnything(glob: string): boolean {
  return PROBES.every((probe) => globToRegExp(glob).test(probe))
}

function refuseTooBroad(pattern: RegExp, text: string, what: string): void {
  if (PROBES.slice(1).every((probe) => testPattern(pattern, probe))) throw tooBroad(text, what)
}

function tooBroad(text: string, what: string): HotbedError {
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `The match ${text} is met by every ${what}, so it tells nothing apart.`,
    remedy: "Name what you mean, such as 'GET user:*' or 'UPDATE seats'. A predicate may be as broad as it likes.",
  })
}
