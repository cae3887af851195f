import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, nearestName, wrongOption } from '../../primitives/options.js'
import { isNegated } from './verdict.js'

/** What a matcher looks for by ids, some of which can be exempted. */
export interface Exemptible<Id extends string> {
  /** `toHaveSmells()` */
  readonly matcher: string
  readonly ids: readonly Id[]
  /** What an id is: `the id of a smell`. */
  readonly described: string
  /** The fields of an exemption that name the id and the place: `smell`, `statement`. */
  readonly fields: readonly [id: string, place: string]
  /** For messages: an id, and why it is accepted. */
  readonly example: readonly [id: Id, reason: string]
}

/** An exemption as it was given. Of its place nothing is known but that it was given. */
export interface GivenExemption<Id extends string> {
  readonly id: Id
  readonly place: unknown
  readonly reason: string
}

/** Something that is accepted although a matcher would object. */
export interface Exemption<Found> {
  /** With its reason: `missing-primary-key on log: append only`. */
  readonly label: string
  readonly covers: (found: Found) => boolean
}

/** What is left when exemptions have been taken away. */
export interface Exempted<Found> {
  readonly left: readonly Found[]
  /** One line for each exemption that exempted nothing. */
  readonly unusedLines: readonly string[]
  /** A verdict that an unused exemption fails, with and without `.not`: `this` of the matcher says which. */
  readonly passes: (context: unknown) => boolean
}

/**
 * Reads `{ only, except }`. Without `only` all ids are meant.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an id that is not known, a reason that is empty
 */
export function readExemptions<Id extends string>(
  options: unknown,
  asked: Exemptible<Id>,
): { readonly only: readonly Id[] | undefined; readonly given: readonly GivenExemption<Id>[] } {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw wrongOption('options', '{ only, except }', options)
  checkOptionNames(options, ['only', 'except'], asked.matcher)
  const { only, except = {} }: { readonly only?: unknown; readonly except?: unknown } = options
  if (only !== undefined && !(Array.isArray(only) && only.length > 0))
    throw wrongOption('only', `a list of ids, such as ['${asked.example[0]}']`, only)
  return { only: only?.map((id: unknown) => readId(id, 'only', asked)), given: readGiven(except, asked) }
}

function readGiven<Id extends string>(except: unknown, asked: Exemptible<Id>): readonly GivenExemption<Id>[] {
  const [idField, placeField] = asked.fields
  const [exampleId, exampleReason] = asked.example
  const list = `a list of { ${idField}, ${placeField}, reason }`
  const isRecord = typeof except === 'object' && except !== null && !(except instanceof RegExp)
  if (!isRecord) throw wrongOption('except', `reasons by id, such as { '${exampleId}': '${exampleReason}' }, or ${list}`, except)
  const exemptions: readonly unknown[] = Array.isArray(except)
    ? except
    : Object.entries(except).map(([id, reason]) => ({ [idField]: id, reason: reason as unknown }))
  return exemptions.map((exemption) => {
    if (typeof exemption !== 'object' || exemption === null) throw wrongOption('except', list, exemption)
    checkOptionNames(exemption, [idField, placeField, 'reason'], `'except' of ${asked.matcher}`)
    const fields = exemption as Readonly<Record<string, unknown>>
    const id = readId(fields[idField], 'except', asked)
    const { reason } = fields
    if (typeof reason === 'string' && reason.trim() !== '') return { id, place: fields[placeField], reason }
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The exemption of ${id} has no reason.`,
      remedy: `Say why it is accepted: except: { '${id}': '${exampleReason}' }`,
    })
  })
}

function readId<Id extends string>(id: unknown, option: string, { ids, described, fields, example }: Exemptible<Id>): Id {
  const known = ids.find((one) => one === id)
  if (known !== undefined) return known
  if (typeof id !== 'string') throw wrongOption(option, `${described}, such as '${example[0]}'`, id)
  const near = nearestName(id, ids)
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${option}' names the ${fields[0]} '${id}', which does not exist.`,
    remedy: near === undefined ? `There are: ${ids.join(', ')}.` : `Did you mean '${near}'?`,
  })
}

/** Takes away each item that one of the exemptions covers. */
export function applyExemptions<Found>(found: readonly Found[], exemptions: readonly Exemption<Found>[]): Exempted<Found> {
  const left = found.filter((one) => !exemptions.some(({ covers }) => covers(one)))
  const unused = exemptions.filter(({ covers }) => !found.some(covers))
  return {
    left,
    unusedLines: unused.map(({ label }) => `This exemption exempted nothing and can be removed: ${label}`),
    passes: (context) => (isNegated(context) ? left.length > 0 || unused.length > 0 : left.length > 0 && unused.length === 0),
  }
}
