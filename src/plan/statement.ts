import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import { pointAt, readStatementText } from './statement-text.js'

/** A statement with its values, as query builders and drivers write it. */
export type CompiledStatement =
  | {
      readonly sql: string
      readonly params?: readonly unknown[]
      readonly parameters?: readonly unknown[]
      readonly bindings?: readonly unknown[]
      readonly values?: readonly unknown[]
    }
  | { readonly text: string; readonly values?: readonly unknown[] }

/**
 * What can be explained: SQL with `$1` for parameters; what a driver takes (`{ text, values }`, `{ sql, values }`);
 * or a query of drizzle or knex (`toSQL()`) or kysely (`compile()`).
 */
export type ExplainableStatement = string | CompiledStatement | { readonly toSQL: () => object } | { readonly compile: () => object }

/** A statement that is known to be one that PostgreSQL can plan. */
export interface PlannableStatement {
  readonly sql: string
  readonly params: readonly unknown[]
}

const PLANNABLE = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'WITH', 'TABLE']

/**
 * Reads a statement and refuses, before anything is sent to a server, what has no plan or could escape from the transaction it is explained in.
 * `params` stand before the statement's own.
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` for several statements, a utility statement, or values that do not fit the parameters
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for something that is no statement
 */
export function readStatement(
  statement: ExplainableStatement,
  params: readonly unknown[] | undefined,
  { valuesNeeded }: { readonly valuesNeeded: boolean },
): PlannableStatement {
  const compiled = compileStatement(statement)
  const { text, keyword, highestParameter, secondStatementAt } = readStatementText(compiled.sql)
  if (secondStatementAt !== undefined) {
    throw new HotbedError('ERR_HOTBED_PLAN', {
      message: [
        'Only one statement can be explained at a time, and here a second one begins:',
        ...pointAt(compiled.sql, secondStatementAt),
      ].join('\n'),
      remedy: 'Explain each statement by itself.',
    })
  }
  if (keyword === 'EXPLAIN')
    throw unplannable(keyword, 'Pass the statement without EXPLAIN: options go into the third argument, such as { analyze: false }.')
  if (!PLANNABLE.includes(keyword)) throw unplannable(keyword, `PostgreSQL plans ${PLANNABLE.join(', ')}.`)
  const values = params ?? compiled.params
  if ((valuesNeeded || values.length > 0) && values.length !== highestParameter) {
    throw new HotbedError('ERR_HOTBED_PLAN', {
      message: `The statement has ${count(highestParameter, 'parameter')}, and ${count(values.length, 'value')} ${values.length === 1 ? 'was' : 'were'} given.\n  ${text.trim().split('\n')[0]}`,
      remedy: values.length < highestParameter ? askFor(highestParameter) : 'Give one value for each $n.',
    })
  }
  const missing = values.findIndex((value) => value === undefined)
  if (missing >= 0) {
    throw new HotbedError('ERR_HOTBED_PLAN', {
      message: `The value of $${missing + 1} is undefined.\n  ${text.trim().split('\n')[0]}`,
      remedy: 'Write null where NULL is meant: a comparison with it finds nothing, and the plan would be that of a statement without work.',
    })
  }
  return { sql: text, params: values }
}

function compileStatement(statement: unknown): PlannableStatement {
  if (typeof statement === 'string') return { sql: statement, params: [] }
  const compiled = callIfThere(statement, 'toSQL') ?? callIfThere(statement, 'compile') ?? statement
  // knex writes ? for a parameter unless it is asked for the dialect's own.
  const native = callIfThere(compiled, 'toNative') ?? compiled
  const sql = [field(native, 'text'), field(native, 'sql')].find((text) => typeof text === 'string')
  if (typeof sql !== 'string') throw wrongOption('statement', 'SQL text, { text, values }, or a query with toSQL() or compile()', statement)
  const params: unknown = ['values', 'params', 'parameters', 'bindings'].map((name) => field(native, name)).find(Array.isArray)
  return { sql, params: Array.isArray(params) ? params : [] }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function callIfThere(value: unknown, name: string): unknown {
  const method = field(value, name)
  return typeof method === 'function' ? Reflect.apply(method, value, []) : undefined
}

function askFor(parameters: number): string {
  return parameters === 1 ? 'Give a value for $1.' : `Give a value for each of $1 … $${parameters}.`
}

function unplannable(keyword: string, remedy: string): HotbedError {
  const found = keyword === '' ? 'The text holds no statement' : `${keyword} has no plan`
  return new HotbedError('ERR_HOTBED_PLAN', { message: `${found}.`, remedy })
}

function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`
}
