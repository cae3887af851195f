import { plural } from '../../primitives/plural.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { describeMatch, matcherOf, type Match } from '../../wire/match.js'
import type { Recording, Statement } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { timelineLines, windowLine } from './recording-excerpt.js'
import { statementLine } from './statement-line.js'

export interface BatchExpectation {
  /** So many rows go in one statement. */
  readonly size: number
  /** How many rows there were to write, to each table. @default what the statements wrote */
  readonly rows?: number
  /** Statements that may come on top, for each table. @default 0 */
  readonly extra?: number
  /** Only these. @default every INSERT, UPDATE, DELETE, MERGE and COPY */
  readonly of?: Match
}

const SHOWN = 3
const MOST_TEXT = 80
const WRITES = /^(?:insert|update|delete|merge|copy|with)\b/
/** Not the UPDATE of `FOR UPDATE`. */
const TARGET =
  /\b(insert into|(?<!\bfor (?:no key )?)update(?: only)?|delete from(?: only)?|merge into|copy)\s+((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)/

/**
 * Passes when rows are written in batches: to each table no more statements than its rows need in batches of this size. COPY is one statement.
 *
 * @example
 * const run = await suite.record(() => app.inject({ method: 'POST', url: '/reports', payload: dates }))
 * expect(run).toBatch({ size: 100 })
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, or where no table got more than one row
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function toBatch(received: unknown, expected: BatchExpectation): MatcherVerdict {
  const recording = readCountable(received, 'toBatch')
  const { size, rows, extra, of } = readExpectation(expected)
  const groups = groupByTarget(recording, of)
  if (groups.length === 0) requireSeenApplication(recording, 'toBatch')
  if ((rows ?? Math.max(0, ...groups.map((group) => group.rows))) < 2) {
    const written =
      groups.length === 0
        ? `no statement${of === undefined ? '' : ` like ${describeMatch(of)}`} wrote anything`
        : 'no table got more than one row'
    throw unjudgeable([`toBatch cannot tell batches from single rows: ${written}.`, windowLine(recording)], 'Let it write several rows.')
  }
  const judged = groups.map((group) => ({ ...group, most: Math.ceil((rows ?? group.rows) / size) + extra }))
  const single = judged.filter(({ statements, most }) => statements.length > most)
  const line = ({ target, statements, rows: written, most }: (typeof judged)[number]): readonly string[] => [
    `  ${formatCount(statements.length)}×  ${target}: ${formatCount(rows ?? written)} rows in batches of ${formatCount(size)} take ${formatCount(most - extra)}${extra > 0 ? ` and ${formatCount(extra)} extra` : ''}`,
    ...examples(statements).map((text) => `      ${text}`),
  ]
  return makeVerdict(
    single.length === 0,
    () => [
      `Rows are not written in batches of ${formatCount(size)}: ${single.map(({ target, statements, most }) => `${formatCount(statements.length)} statements ${target}, expected at most ${formatCount(most)}`).join('; ')}.`,
      windowLine(recording),
      ...single.slice(0, SHOWN).flatMap(line),
      ...timelineLines(
        recording,
        single.flatMap(({ statements }) => statements),
      ),
      '  Write many rows with one statement: INSERT … SELECT * FROM unnest($1::int[], …), several VALUES, or COPY.',
    ],
    () => [
      `Rows are written in batches of ${formatCount(size)}, expected that they are not.`,
      windowLine(recording),
      ...judged.slice(0, SHOWN).flatMap(line),
    ],
  )
}

interface Group {
  /** `insert into reports` */
  readonly target: string
  readonly statements: Statement[]
  rows: number
}

function groupByTarget(recording: Recording, of: Match | undefined): readonly Group[] {
  const isMeant = of === undefined ? undefined : matcherOf(of, 'of')
  /** By shape, of which there are few. */
  const groups = new Map<string, Group | undefined>()
  const byTarget = new Map<string, Group>()
  const groupOf = (shape: string): Group | undefined => {
    const target = targetOf(shape) ?? (isMeant === undefined ? undefined : shape.slice(0, MOST_TEXT))
    const known = target === undefined ? undefined : byTarget.get(target)
    if (target === undefined || known !== undefined) return known
    const group = { target, statements: [], rows: 0 }
    byTarget.set(target, group)
    return group
  }
  for (const statement of recording.statements) {
    const { tag, shape, rows, copy } = statement
    if (isMeant === undefined ? tag === undefined || copy === 'out' : !isMeant(statement)) continue
    let group = groups.get(shape)
    if (group === undefined && !groups.has(shape)) groups.set(shape, (group = groupOf(shape)))
    if (group === undefined) continue
    group.statements.push(statement)
    group.rows += rows
  }
  return [...byTarget.values()]
}

/** `insert into reports`: the first that a statement writes, a WITH that ends as a SELECT too. */
function targetOf(shape: string): string | undefined {
  const [, verb, table] = (WRITES.test(shape) ? TARGET.exec(shape) : undefined) ?? []
  return verb === undefined || table === undefined ? undefined : `${verb} ${table}`
}

/** What is written by the most statements, with some of the values. */
function examples(statements: readonly Statement[]): readonly string[] {
  const shown = statements.slice(0, SHOWN).map((statement) => `${statementLine(statement)}  (${plural(statement.rows, 'row')})`)
  return statements.length > SHOWN ? [...shown, `… and ${formatCount(statements.length - SHOWN)} more`] : shown
}

function readExpectation(expected: unknown): BatchExpectation & { readonly extra: number } {
  if (typeof expected !== 'object' || expected === null) throw wrongOption('batch', 'an object such as { size: 100 }', expected)
  checkOptionNames(expected, ['size', 'rows', 'extra', 'of'], 'toBatch()')
  const {
    size,
    rows,
    extra = 0,
    of,
  } = expected as { readonly size?: unknown; readonly rows?: unknown; readonly extra?: unknown; readonly of?: Match }
  if (!isCount(size) || size < 2) throw wrongOption('size', 'a whole number of rows from 2 on', size)
  if (rows !== undefined && !isCount(rows)) throw wrongOption('rows', 'a whole number from 0 on', rows)
  if (!isCount(extra)) throw wrongOption('extra', 'a whole number from 0 on', extra)
  return { size, extra, ...(rows === undefined ? {} : { rows }), ...(of === undefined ? {} : { of }) }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
