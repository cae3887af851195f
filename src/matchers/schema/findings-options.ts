import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import { SCHEMA_FINDING_IDS, type SchemaFinding, type SchemaFindingId } from '../../schema-check/schema-inspection.js'
import { checkReason, type Exemption } from '../message/exemptions.js'

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

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for a kind that is not known, a reason that is empty */
export function readFindingsOptions(options: unknown): {
  readonly only: readonly SchemaFindingId[]
  readonly exemptions: readonly Exemption<SchemaFinding>[]
} {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw wrongOption('options', '{ only, except }', options)
  checkOptionNames(options, ['only', 'except'], 'toHaveSchemaFindings()')
  const { only = [], except = {} }: { readonly only?: unknown; readonly except?: unknown } = options
  if (!Array.isArray(only)) throw wrongOption('only', "a list of kinds, such as ['unindexed-foreign-key']", only)
  return { only: only.map((id: unknown) => readKind(id, 'only')), exemptions: listExemptions(except).map(readExemption) }
}

function listExemptions(except: unknown): readonly unknown[] {
  if (Array.isArray(except)) return except
  if (typeof except === 'object' && except !== null) {
    return Object.entries(except).map(([finding, reason]) => ({ finding, reason: reason as unknown }))
  }
  throw wrongOption(
    'except',
    "reasons by kind, such as { 'missing-primary-key': 'append only' }, or a list of { finding, on, reason }",
    except,
  )
}

function readExemption(exemption: unknown): Exemption<SchemaFinding> {
  if (typeof exemption !== 'object' || exemption === null) throw wrongOption('except', 'a list of { finding, on, reason }', exemption)
  checkOptionNames(exemption, ['finding', 'on', 'reason'], "'except' of toHaveSchemaFindings()")
  const { finding, on, reason } = exemption as { readonly finding?: unknown; readonly on?: unknown; readonly reason?: unknown }
  const kind = readKind(finding, 'except')
  checkReason(reason, kind)
  if (on !== undefined && typeof on !== 'string') throw wrongOption('on', "a table's, index' or constraint's name", on)
  return {
    label: `${kind}${on === undefined ? '' : ` on ${on}`}: ${String(reason)}`,
    covers: ({ id, schema, table, name }) =>
      id === kind && (on === undefined || [table, `${schema}.${table}`, name, `${schema}.${name}`].includes(on)),
  }
}

function readKind(id: unknown, option: string): SchemaFindingId {
  const known = SCHEMA_FINDING_IDS.find((one) => one === id)
  if (known !== undefined) return known
  if (typeof id !== 'string') throw wrongOption(option, "a kind of finding, such as 'missing-primary-key'", id)
  const near = nearestName(id, SCHEMA_FINDING_IDS)
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${option}' names the finding '${id}', which does not exist.`,
    remedy: near === undefined ? `There are: ${SCHEMA_FINDING_IDS.join(', ')}.` : `Did you mean '${near}'?`,
  })
}
