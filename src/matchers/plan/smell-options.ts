import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import { ALL_SMELLS } from '../../plan/smells/all-smells.js'
import type { Smell } from '../../plan/smells/smell.js'
import { matcherOf } from '../../wire/match.js'
import type { JudgedPlan } from '../message/judged-plans.js'

/** A smell that is known and accepted. One that exempts nothing fails the expectation. */
export interface SmellExemption {
  /** Its id: `missing-index`. */
  readonly smell: string
  /** Only in these statements, and what runs within them: the first words of the SQL, or a regular expression. @default all */
  readonly statement?: string | RegExp
  /** Why it is accepted; shown when the exemption is no longer needed. */
  readonly reason: string
}

/** Which smells count. */
export interface SmellsOptions {
  /** Ids of the smells to look for. @default all of them */
  readonly only?: readonly string[]
  /** Smells that are accepted, each with its reason: `{ 'deep-offset': 'admin page, 3 pages at most' }`. @default none */
  readonly except?: Readonly<Record<string, string>> | readonly SmellExemption[]
}

/** An exemption, and whether it is about a smell of a plan. */
export interface Exemption {
  /** `deep-offset in /from audit/i: admin page`. */
  readonly label: string
  readonly covers: (smell: Smell, judged: JudgedPlan) => boolean
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an id that is not known, a reason that is empty, a match that is none */
export function readSmellsOptions(options: unknown): { readonly smells: readonly Smell[]; readonly exemptions: readonly Exemption[] } {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw wrongOption('options', '{ only, except }', options)
  checkOptionNames(options, ['only', 'except'], 'toHaveSmells()')
  const { only, except = {} }: { readonly only?: unknown; readonly except?: unknown } = options
  if (only !== undefined && !(Array.isArray(only) && only.length > 0))
    throw wrongOption('only', "a list of ids, such as ['missing-index']", only)
  const ids = only?.map((id: unknown) => readId(id, 'only'))
  const smells = ids === undefined ? ALL_SMELLS : ALL_SMELLS.filter(({ id }) => ids.includes(id))
  return { smells, exemptions: listExemptions(except).map((exemption) => readExemption(exemption)) }
}

function listExemptions(except: unknown): readonly unknown[] {
  if (Array.isArray(except)) return except
  if (typeof except === 'object' && except !== null && !(except instanceof RegExp)) {
    return Object.entries(except).map(([smell, reason]) => ({ smell, reason: reason as unknown }))
  }
  throw wrongOption('except', "reasons by id, such as { 'deep-offset': 'admin page' }, or a list of { smell, statement, reason }", except)
}

function readExemption(exemption: unknown): Exemption {
  if (typeof exemption !== 'object' || exemption === null) throw wrongOption('except', 'a list of { smell, statement, reason }', exemption)
  checkOptionNames(exemption, ['smell', 'statement', 'reason'], "'except' of toHaveSmells()")
  const { smell, statement, reason } = exemption as { readonly smell?: unknown; readonly statement?: unknown; readonly reason?: unknown }
  const id = readId(smell, 'except')
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The exemption of ${id} has no reason.`,
      remedy: `Say why it is accepted: except: { '${id}': 'admin page, 3 pages at most' }`,
    })
  }
  if (statement === undefined) return { label: `${id}: ${reason}`, covers: ({ id: found }) => found === id }
  if (typeof statement !== 'string' && !(statement instanceof RegExp)) {
    throw wrongOption('statement', 'the first words of a statement, or a regular expression', statement)
  }
  const isMeant = matcherOf({ sql: statement }, 'statement')
  const fits = (sql: string): boolean => isMeant({ store: 'postgres', connection: 0, sql })
  return {
    label: `${id} in ${typeof statement === 'string' ? `'${statement}'` : String(statement)}: ${reason}`,
    covers: ({ id: found }, { plan, statement: outer }) => found === id && (fits(plan.sql) || (outer !== undefined && fits(outer.sql))),
  }
}

function readId(id: unknown, option: string): string {
  const known = ALL_SMELLS.map((smell) => smell.id)
  if (typeof id !== 'string') throw wrongOption(option, "the id of a smell, such as 'missing-index'", id)
  if (known.includes(id)) return id
  const near = nearestName(id, known)
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${option}' names the smell '${id}', which does not exist.`,
    remedy: near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean '${near}'?`,
  })
}
