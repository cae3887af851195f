import type { Client } from 'pg'
import { createDeadline } from '../../../primitives/deadline.js'
import type { Container, ContainerSpec } from '../../container/container.js'
import type { Engine } from '../../container/engine.js'
import { startOnFreePort } from '../../container/start-on-free-port.js'
import type { ServerLife } from '../../server-process.js'
import { explainBootFailure, type TriedBoot } from '../boot-failure.js'
import { waitForLogin } from './readiness.js'

/** What Postgres listens at, in a container. */
export const POSTGRES_PORT = 5432

/** What a container is started for. */
export interface ContainerBoot {
  readonly engine: Engine
  readonly spec: Omit<ContainerSpec, 'ports'>
  /** Of the superuser, as it is in the files. */
  readonly password: string
  readonly tried: TriedBoot
  /** The one port to use. @default one that `findPort` finds, and another when that has been taken meanwhile */
  readonly port?: number | undefined
  readonly findPort?: (() => Promise<number>) | undefined
}

/** A container that answers queries. */
export interface BootedContainer {
  readonly container: Container
  readonly port: number
  readonly life: ServerLife
}

/**
 * Starts Postgres in a container of its own and lets `setUp` do what only a running server can be told. When that fails, the container is gone.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`, `ERR_HOTBED_POSTGRES_START`, `ERR_HOTBED_POSTGRES_SETTING`
 */
export function bootContainer(boot: ContainerBoot, setUp: (client: Client) => Promise<void>): Promise<BootedContainer> {
  const { engine, spec, port, findPort } = boot
  return startOnFreePort(
    engine,
    spec,
    { inside: [POSTGRES_PORT], port, findPort, startCode: 'ERR_HOTBED_POSTGRES_START' },
    async (container, [published]) => {
      const host = published?.host ?? 0
      return { container, port: host, life: await startLife(boot, { container, port: host }, setUp) }
    },
  )
}

/** Starts a container, perhaps again, and waits until it answers. When that fails, it is gone. */
export async function startLife(
  { engine, password, tried }: ContainerBoot,
  { container, port }: Omit<BootedContainer, 'life'>,
  setUp: (client: Client) => Promise<void>,
): Promise<ServerLife> {
  const life = await container.start()
  try {
    const login = { host: engine.host, port, password }
    const client = await waitForLogin(login, life, createDeadline(tried.timeoutMs))
    if (client === undefined) throw await explainBootFailure(tried, life.lastLog(60), life.exit(), undefined)
    try {
      await setUp(client)
    } finally {
      await client.end()
    }
    return life
  } catch (error) {
    await container.remove()
    throw error
  }
}
