import { isIP } from 'node:net'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import { readEngineReaper, type Reaper } from './reaper.js'
import { noEngine } from './engine-search.js'
import { loadTestcontainers, type Testcontainers } from './testcontainers.js'

type Client = Awaited<ReturnType<Testcontainers['getContainerRuntimeClient']>>

/** A container engine that answers: Docker, Podman, Colima, Testcontainers Cloud. */
export interface Engine {
  /** For people: `Docker 28.2.2`. */
  readonly name: string
  /** Tells it from another engine, whose images are others. */
  readonly id: string
  /** Where its published ports are reached. An address. */
  readonly host: string
  /** It runs on this machine, so its ports are published for this machine alone. */
  readonly isLocal: boolean
  /** Who removes the containers when we are dead. */
  readonly reaper: Reaper
  readonly docker: Client['container']['dockerode']
  /** Downloads an image that is not there. */
  readonly pull: (image: string) => Promise<void>
}

let opening: Promise<Engine> | undefined

/**
 * Finds the engine as testcontainers does, by the usual environment variables (`DOCKER_HOST`, `TESTCONTAINERS_HOST_OVERRIDE` …) and places. Once for
 * the process.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`
 */
export function openEngine(): Promise<Engine> {
  if (opening === undefined) {
    opening = findEngine()
    // An engine may be started meanwhile.
    opening.catch(() => (opening = undefined))
  }
  return opening
}

async function findEngine(): Promise<Engine> {
  const testcontainers = await loadTestcontainers()
  const client = await testcontainers.getContainerRuntimeClient().catch(async (cause: unknown) => {
    throw await noEngine(cause)
  })
  const docker = client.container.dockerode
  const { ID, ServerVersion, OperatingSystem } = (await docker.info()) as Readonly<
    Record<'ID' | 'ServerVersion' | 'OperatingSystem', string>
  >
  const { host, hostIps } = client.info.containerRuntime
  const address = isIP(host) === 0 ? (hostIps.find(({ family }) => family === 4) ?? hostIps[0])?.address : host
  return {
    name: `${/podman/i.test(OperatingSystem) ? 'Podman' : 'Docker'} ${ServerVersion}`,
    id: ID,
    host: address ?? host,
    isLocal: (docker.modem as { readonly socketPath?: unknown }).socketPath !== undefined && (address ?? '').startsWith('127.'),
    reaper: await readEngineReaper(testcontainers, client),
    docker,
    pull: (image) => client.image.pull(testcontainers.ImageName.fromString(image)),
  }
}

/** The error for something that an engine, which was there, has not done. */
export function engineFailure(what: string, cause: unknown, remedy?: string): HotbedError {
  const isGone = isEngineGone(cause)
  const reason = isGone ? 'the container engine no longer answers' : readReason(errorFields(cause).message)
  const advice = isGone ? 'See whether it still runs: docker info' : remedy
  return new HotbedError('ERR_HOTBED_CONTAINER', {
    message: `${what}: ${reason}.`,
    ...(advice === undefined ? {} : { remedy: advice }),
    cause,
  })
}

/** The engine itself has ended. */
export function isEngineGone(cause: unknown): boolean {
  const { code, message } = errorFields(cause)
  return ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code ?? '') || message.includes('socket hang up')
}

/** `(HTTP code 404) no such container - No such image: x:1 ` less what the client puts around it. */
function readReason(message: string): string {
  return message
    .replace(/^\(HTTP code \d+\) .*? - /, '')
    .trim()
    .replace(/\.$/, '')
}

/** As an engine answers to a request that asks for what is not there. */
export function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'statusCode') === 404
}
