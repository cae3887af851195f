import type { ErrorCode } from '../../primitives/error-codes.js'
import { HotbedError } from '../../primitives/error.js'
import { createContainer, isPortTaken, type Container, type ContainerSpec } from './container.js'
import type { Engine } from './engine.js'
import { findContainerPort } from './find-port.js'

const ATTEMPTS = 5

export interface PortChoice {
  /** What the server listens at, in the container. */
  readonly inside: number
  /** The one port to use. @default one that `findPort` finds, and another when that has been taken meanwhile */
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
  spec: Omit<ContainerSpec, 'port'>,
  { inside, port, findPort = () => findContainerPort(engine), startCode }: PortChoice,
  start: (container: Container, port: number) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const host = port ?? (await findPort())
    const container = await createContainer(engine, { ...spec, port: { inside, host } })
    try {
      return await start(container, host)
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
