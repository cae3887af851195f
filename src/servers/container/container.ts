import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { errorFields } from '../../primitives/error-fields.js'
import type { ServerLife } from '../server-process.js'
import { engineFailure, isEngineGone, isMissing, type Engine } from './engine.js'
import { guardContainer } from './guard.js'
import { ownerLabels } from './labels.js'
import { onceResumed } from './once-resumed.js'
import { openContainerLife } from './life.js'
import { followLog } from './log.js'

/** What a container is made of. */
export interface ContainerSpec {
  readonly image: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Where it is reached. @default nowhere */
  readonly ports?: readonly PublishedPort[]
  /** Directories in memory, of `bytes` at most. They are empty after each start. @default none */
  readonly memory?: readonly { readonly path: string; readonly bytes: number | undefined }[]
  /** The directory of the run that it belongs to. */
  readonly run: string
}

export interface PublishedPort {
  /** What the server listens at, in the container. */
  readonly inside: number
  /** The port of the engine's host that leads there; the same after each start. */
  readonly host: number
}

/** A container, whether or not it runs. */
export interface Container {
  readonly id: string
  /** Starts it; again, if it has ended. */
  readonly start: () => Promise<ServerLife>
  /** Runs a command in it, and gives what that has printed. */
  readonly run: (command: readonly string[]) => Promise<{ readonly status: number; readonly output: string }>
  /** Makes an image of its files, under `tag`. */
  readonly commit: (tag: string, labels: Readonly<Record<string, string>>) => Promise<void>
  /** Ends it and removes its files. Calling it again waits for the first call. */
  readonly remove: () => Promise<void>
}

/**
 * Makes a container; it does not run yet.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`
 */
export async function createContainer(engine: Engine, spec: ContainerSpec): Promise<Container> {
  const { docker, reaper } = engine
  const release = guardContainer(engine)
  const container = await docker.createContainer(describe(engine, spec)).catch((error: unknown) => {
    release()
    throw engineFailure(`No container could be made of the image '${spec.image}'`, error)
  })
  const removeOnce = async (): Promise<void> => {
    // With the volumes that the image declares: nothing is in them.
    await container.remove({ force: true, v: true }).catch((error: unknown) => {
      // With the engine its containers are gone, or the next run removes them.
      if (isMissing(error) || isEngineGone(error) || errorFields(error).message.includes('already in progress')) return
      throw engineFailure('A container could not be removed', error)
    })
    release()
  }
  let removing: Promise<void> | undefined
  const remove = (): Promise<void> => (removing ??= removeOnce())

  return {
    id: container.id,
    remove,
    start: async () => {
      const what = `A container of the image '${spec.image}' could not be started`
      const log = await followLog(docker, container).catch((error: unknown) => {
        throw engineFailure(what, error)
      })
      await container.start().catch((error: unknown) => {
        log.close()
        throw engineFailure(what, error)
      })
      return openContainerLife(container, log, remove)
    },
    run: async (command) => {
      const exec = await onceResumed(() => container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true }))
      const stream = await exec.start({ hijack: true, stdin: false })
      let output = ''
      const sink = new Writable({
        write: (chunk: Buffer, _, done) => {
          output += chunk.toString('utf8')
          done()
        },
      })
      docker.modem.demuxStream(stream, sink, sink)
      await new Promise((resolve) => stream.once('close', resolve).once('end', resolve))
      return { status: (await exec.inspect()).ExitCode ?? 1, output }
    },
    commit: async (tag, labels) => {
      const [repo = '', version = 'latest'] = tag.split(':')
      // An image inherits the labels of its container: both reapers would take it for one.
      const own = { ...blank(Object.keys(ownerLabels(''))), ...blank([reaper.sessionLabel]), ...labels }
      const changes = Object.entries(own).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`)
      await container.commit({ repo, tag: version, pause: false, changes: changes.join('\n') }).catch((error: unknown) => {
        throw engineFailure('A container could not be saved as an image', error)
      })
    },
  }
}

/** True when a container could not be started because somebody else has its port. */
export function isPortTaken(error: unknown): boolean {
  return /port is already allocated|address already in use/.test(errorFields(error).message)
}

function describe({ reaper, isLocal }: Engine, spec: ContainerSpec): Parameters<Engine['docker']['createContainer']>[0] {
  const { ports = [] } = spec
  // Nobody else's business, where it can be kept from others.
  const HostIp = isLocal ? '127.0.0.1' : ''
  return {
    name: `hotbed-${randomUUID()}`,
    Image: spec.image,
    Entrypoint: [...spec.entrypoint],
    Cmd: [...spec.command],
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: { ...reaper.labels, ...ownerLabels(spec.run) },
    ExposedPorts: Object.fromEntries(ports.map(({ inside }) => [`${inside}/tcp`, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(ports.map(({ inside, host }) => [`${inside}/tcp`, [{ HostIp, HostPort: String(host) }]])),
      Tmpfs: Object.fromEntries(
        (spec.memory ?? []).map(({ path, bytes }) => [path, `rw,mode=1777${bytes === undefined ? '' : `,size=${bytes}`}`]),
      ),
    },
  }
}

function blank(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, '']))
}
