import { wrongOption } from '../../primitives/options.js'
import { SCHEMA_FINDING_IDS, type SchemaFinding, type SchemaFindingId } from '../../schema-check/schema-inspection.js'
import { readExemptions, type Exemptible, type Exemption, type GivenExemption } from '../message/exemptions.js'

/** A finding that is known and accepted. One that exempts nothing fails the expectation. */
export interface SchemaExemption {
  readonly finding: SchemaFindingId
  /** Its table (`orders`, `shop.orders`), index or constraint. @default all of the kind */
  readonly on?: string
  /** Why it is accepted; shown when the exemption is no longer needed. */
  readonly reason: string
}

export interface SchemaFindingsOptions {
  /** Looks at these kinds only. @default all that were looked for */
  readonly only?: readonly SchemaFindingId[]
  /** Findings that are accepted, each with its reason: `{ 'missing-primary-key': 'append only' }`. @default none */
  readonly except?: Readonly<Partial<Record<SchemaFindingId, string>>> | readonly SchemaExemption[]
}

const FINDINGS: Exemptible<SchemaFindingId> = {
  matcher: 'toHaveSchemaFindings()',
  ids: SCHEMA_FINDING_IDS,
  described: 'a kind of finding',
  fields: ['finding', 'on'],
  example: ['missing-primary-key', 'append only'],
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a kind that is not known, a reason that is empty */
export function readFindingsOptions(options: unknown): {
  readonly only: readonly SchemaFindingId[]
  readonly exemptions: readonly Exemption<SchemaFinding>[]
} {
  const { only = [], given } = readExemptions(options, FINDINGS)
  return { only, exemptions: given.map(makeExemption) }
}

function makeExemption({ id: kind, place, reason }: GivenExemption<SchemaFindingId>): Exemption<SchemaFinding> {
  if (place !== undefined && typeof place !== 'string') throw wrongOption('on', "a table's, index' or constraint's name", place)
  return {
    label: `${kind}${place === undefined ? '' : ` on ${place}`}: ${reason}`,
    covers: ({ id, schema, table, name }) =>
      id === kind && (place === undefined || [table, `${schema}.${table}`, name, `${schema}.${name}`].includes(place)),
  }
}
