import type { ErrorCode } from '../../primitives/error-codes.js'
import { HotbedError } from '../../primitives/error.js'
import { createContainer, isPortTaken, type Container, type ContainerSpec, type PublishedPort } from './container.js'
import type { Engine } from './engine.js'
import { findContainerPort } from './find-port.js'

const ATTEMPTS = 5

export interface PortChoice {
  /** What is published of the container, where the server listens. */
  readonly inside: readonly number[]
  /** The port to use for the first of these. @default one that `findPort` finds, and another when that has been taken meanwhile */
  readonly port?: number | undefined
  /** @default findContainerPort */
  readonly findPort?: (() => Promise<number>) | undefined
  /** Of the error for no port at all. */
  readonly startCode: ErrorCode
}

/**
 * Makes a container at a port of its own and has `start` start it. When that fails, the container is gone.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`, and with `startCode`
 */
export async function startOnFreePort<Started>(
  engine: Engine,
  spec: Omit<ContainerSpec, 'ports'>,
  { inside, port, findPort = () => findContainerPort(engine), startCode }: PortChoice,
  start: (container: Container, ports: readonly PublishedPort[]) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const hosts = await Promise.all(inside.map(async (_, index) => (index === 0 && port !== undefined ? port : findPort())))
    const ports = inside.map((one, index) => ({ inside: one, host: hosts[index] ?? 0 }))
    const container = await createContainer(engine, { ...spec, ports })
    try {
      return await start(container, ports)
    } catch (error) {
      await container.remove().catch(() => {})
      if (!isPortTaken(error)) throw error
      if (port === undefined && attempt < ATTEMPTS) continue
      throw new HotbedError(startCode, {
        message:
          port === undefined
            ? `No free port was left on ${engine.host} after ${attempt} attempts.`
            : `Port ${port} of ${engine.host} has been taken by another process.`,
        cause: error,
      })
    }
  }
}
