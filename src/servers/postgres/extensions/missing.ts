import { HotbedError } from '../../../primitives/error.js'
import { nearestName } from '../../../primitives/options.js'
import { extensionImage, extensionInstallLine, knownExtensions } from './packages.js'

/** What is known when extensions could not be had. */
export interface MissingExtensions {
  readonly names: readonly string[]
  /** Where they were looked for, and what was there. */
  readonly looked: readonly string[]
  /** Major that is wanted, or of the system's Postgres. */
  readonly major: number | undefined
  /** What of the stack stands in the way of a Postgres that has them, such as `provider: 'embedded'`. */
  readonly obstacle?: { readonly option: string; readonly elsewhere: string } | undefined
  /** Packages of this system would not reach it. @default false */
  readonly isContainer?: boolean
  readonly cause?: unknown
  /** @default process.env */
  readonly variables?: NodeJS.ProcessEnv | undefined
}

/** The error for extensions that no Postgres has which may be used: where they were looked for, and the ways to get them. */
export async function missingExtensions(missing: MissingExtensions): Promise<HotbedError> {
  const { names, looked, major, obstacle, isContainer = false, cause, variables } = missing
  const line = isContainer ? undefined : await extensionInstallLine(names, major, variables)
  const slip = names.map(findSlip).find((near) => near !== undefined)
  const ways = [
    ...(slip === undefined ? [] : [`Did you mean '${slip}'?`]),
    ...(obstacle === undefined ? [] : [`Leave out ${obstacle.option}: ${obstacle.elsewhere}`]),
    ...(line === undefined ? [] : [`By packages of this system: ${line}`]),
    `By an image that has ${names.length === 1 ? 'it' : 'them'}: ${extensionImage(names, major)}`,
  ]
  const quoted = names.map((name) => `'${name}'`).join(', ')
  return new HotbedError('ERR_HOTBED_POSTGRES_EXTENSION', {
    message: `The ${names.length === 1 ? 'extension' : 'extensions'} ${quoted} cannot be had here. Looked for:${looked.map((place) => `\n    ${place}`).join('')}\n`,
    remedy: ways.join('\n  → '),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Of names of a few letters each is near another. */
const SHORTEST = 5

function findSlip(name: string): string | undefined {
  const known = knownExtensions()
  return name.length < SHORTEST || known.includes(name) ? undefined : nearestName(name, known)
}
