import { plural } from '../../primitives/plural.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import type { Recording, Statement } from '../../wire/recording/recording.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { timelineLines, windowLine } from './recording-excerpt.js'
import { isTransactionControl } from './transaction-control.js'

export interface RepeatOptions {
  /** How often one shape has to be executed to count as repeated. @default 2 */
  readonly times?: number
  /** Whether executions with equal values count as well: the same question, asked again. @default false */
  readonly identical?: boolean
}

const SHOWN = 3
const VALUES = 3
const TEXT = 140

/**
 * Passes when one statement is executed several times with different values: N+1. Statements of one shape count together, also when their
 * values stand in the text, and when they are sent in one pipeline. Mostly used with `.not`.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, or one that overlaps with another; and where there is none and the
 *   application has never come through the tap
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toRepeatStatement(received: unknown, options: RepeatOptions = {}): MatcherVerdict {
  const recording = readCountable(received, 'toRepeatStatement')
  const { times, identical } = readOptions(options)
  if (recording.statements.length === 0) requireSeenApplication(recording, 'toRepeatStatement')
  const groups = groupByShape(recording)
  const repeated = groups.filter(({ statements, different }) => statements.length >= times && (identical || different.length > 1))
  const evidence = repeated.flatMap(({ statements }) => statements)
  return makeVerdict(
    repeated.length > 0,
    () => [
      `The recording repeats no statement${times === 2 ? '' : ` ${formatCount(times)} times`}${identical ? '' : ' with different values'}.`,
      windowLine(recording),
      ...mostFrequent(groups).flatMap((line) => line.split('\n').map((one) => `  ${one}`)),
    ],
    () => [
      `The recording repeats ${plural(repeated.length, 'statement')}.`,
      windowLine(recording),
      ...mostFrequent(repeated).flatMap((line) => line.split('\n').map((one) => `  ${one}`)),
      ...(repeated.length > SHOWN ? [`  … and ${formatCount(repeated.length - SHOWN)} more`] : []),
      ...timelineLines(recording, evidence),
      '  Ask once for all of them: … WHERE id = ANY($1), or a join.',
    ],
  )
}

interface Group {
  readonly shape: string
  readonly statements: readonly Statement[]
  /** One for each set of values. */
  readonly different: readonly Statement[]
}

function readOptions(options: unknown): Required<RepeatOptions> {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ times, identical }', options)
  checkOptionNames(options, ['times', 'identical'], 'toRepeatStatement()')
  const { times = 2, identical = false }: { readonly times?: unknown; readonly identical?: unknown } = options
  checkWholeNumber('times', times, 2)
  if (typeof identical !== 'boolean') throw wrongOption('identical', 'true or false', identical)
  return { times, identical }
}

function groupByShape({ statements }: Recording): readonly Group[] {
  const byShape = new Map<string, Statement[]>()
  for (const statement of statements) {
    if (isTransactionControl(statement) || statement.isPartial) continue
    const group = byShape.get(statement.shape)
    if (group === undefined) byShape.set(statement.shape, [statement])
    else group.push(statement)
  }
  return [...byShape].map(([shape, group]) => ({
    shape,
    statements: group,
    different: [...new Map(group.map((one) => [keyOf(one), one])).values()],
  }))
}

/** Values stand beside the statement or, in the simple protocol, in it. */
function keyOf({ sql, values }: Statement): string {
  return JSON.stringify(values.length > 0 ? values : sql)
}

function mostFrequent(groups: readonly Group[]): readonly string[] {
  return groups
    .toSorted((a, b) => b.statements.length - a.statements.length)
    .slice(0, SHOWN)
    .map(({ shape, statements, different }) => {
      const calls = `${formatCount(statements.length)}×`
      const same = statements.length - different.length
      const kinds =
        statements.length === 1
          ? 'executed once'
          : different.length === 1
            ? 'identical repeats'
            : `${formatCount(different.length)} different values${same > 0 ? `, ${plural(same, 'identical repeat')}` : ''}`
      const rest = different.length - VALUES
      const values = different.slice(0, VALUES).map(printValues).join(' | ')
      return [
        `${calls}  ${clip(shape)}  (${kinds})`,
        `${' '.repeat(calls.length)}  ${values}${rest > 0 ? ` | … and ${formatCount(rest)} more` : ''}`,
      ].join('\n')
    })
}

function printValues({ sql, values }: Statement): string {
  if (values.length === 0) return clip(sql.replaceAll(/\s+/g, ' ').trim(), 70)
  return values.map((value, index) => `$${index + 1} = ${clip(JSON.stringify(value), 40)}`).join(', ')
}

function clip(text: string, most: number = TEXT): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
