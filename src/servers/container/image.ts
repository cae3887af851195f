import { HotbedError, isHotbedError } from '../../primitives/error.js'
import { withDeadline } from '../../primitives/deadline.js'
import { engineFailure, isMissing, type Engine } from './engine.js'

/** An image that the engine has. */
export interface ContainerImage {
  readonly name: string
  /** Changes with its content. */
  readonly id: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

const PULL_MS = 600_000

/** The image when the engine has it. */
export async function findContainerImage({ docker }: Engine, name: string): Promise<ContainerImage | undefined> {
  try {
    const { Id, Config } = await docker.getImage(name).inspect()
    const { Entrypoint, Cmd, Labels } = Config as Pick<typeof Config, 'Labels'> & Readonly<Record<'Entrypoint' | 'Cmd', unknown>>
    return { name, id: Id, entrypoint: readWords(Entrypoint), command: readWords(Cmd), labels: Labels ?? {} }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw engineFailure(`The image '${name}' cannot be looked at`, error)
  }
}

/**
 * The image, downloaded when the engine does not have it.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`, `ERR_HOTBED_TIMEOUT`
 */
export async function requireContainerImage(engine: Engine, name: string): Promise<ContainerImage> {
  const found = await findContainerImage(engine, name)
  if (found !== undefined) return found
  const pull = `docker pull ${name}`
  await withDeadline(engine.pull(name), PULL_MS, `the image '${name}' to be downloaded`).catch((error: unknown) => {
    throw isHotbedError(error)
      ? error
      : engineFailure(`The image '${name}' is not here and could not be downloaded`, error, `See why: ${pull}`)
  })
  const pulled = await findContainerImage(engine, name)
  if (pulled !== undefined) return pulled
  throw new HotbedError('ERR_HOTBED_CONTAINER', {
    message: `The image '${name}' is not here and could not be downloaded.`,
    remedy: `See why: ${pull}`,
  })
}

/** Docker has a list, a text for the shell, or nothing. */
function readWords(value: unknown): readonly string[] {
  if (typeof value === 'string') return ['/bin/sh', '-c', value]
  return Array.isArray(value) ? value.map(String) : []
}
