import { wrongOption } from '../../primitives/options.js'
import { ALL_SMELLS } from '../../plan/smells/all-smells.js'
import type { Smell } from '../../plan/smells/smell.js'
import { matcherOf } from '../../wire/match.js'
import { readExemptions, type Exemptible, type Exemption, type GivenExemption } from '../message/exemptions.js'
import type { JudgedSmell } from './smell-lines.js'

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

const SMELLS: Exemptible<string> = {
  matcher: 'toHaveSmells()',
  ids: ALL_SMELLS.map(({ id }) => id),
  described: 'the id of a smell',
  fields: ['smell', 'statement'],
  example: ['deep-offset', 'admin page, 3 pages at most'],
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for an id that is not known, a reason that is empty, a match that is none */
export function readSmellsOptions(options: unknown): {
  readonly smells: readonly Smell[]
  readonly exemptions: readonly Exemption<JudgedSmell>[]
} {
  const { only, given } = readExemptions(options, SMELLS)
  const smells = only === undefined ? ALL_SMELLS : ALL_SMELLS.filter(({ id }) => only.includes(id))
  return { smells, exemptions: given.map(makeExemption) }
}

function makeExemption({ id, place, reason }: GivenExemption<string>): Exemption<JudgedSmell> {
  if (place === undefined) return { label: `${id}: ${reason}`, covers: ({ smell }) => smell.id === id }
  if (typeof place !== 'string' && !(place instanceof RegExp)) {
    throw wrongOption('statement', 'the first words of a statement, or a regular expression', place)
  }
  const isMeant = matcherOf({ sql: place }, 'statement')
  const fits = (sql: string): boolean => isMeant({ store: 'postgres', connection: 0, sql })
  return {
    label: `${id} in ${typeof place === 'string' ? `'${place}'` : String(place)}: ${reason}`,
    covers: ({ smell, judged: { plan, statement: outer } }) =>
      smell.id === id && (fits(plan.sql) || (outer !== undefined && fits(outer.sql))),
  }
}
