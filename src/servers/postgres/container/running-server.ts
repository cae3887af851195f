import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { Client } from 'pg'
import { HotbedError } from '../../../primitives/error.js'
import { writeImageRecord } from '../../container/image-record.js'
import { CACHE_LABEL, cacheLabel } from '../../container/labels.js'
import type { ServerClock } from '../../clock/server-clock.js'
import { controlOf, endOf, followServer, type ServerLife } from '../../server-process.js'
import type { PostgresImages, PostgresServer, PostgresServerControl } from '../../server.js'
import { superuser } from '../superuser.js'
import { uncleanShutdown } from '../unclean-shutdown.js'
import { bootContainer, startLife, type BootedContainer, type ContainerBoot } from './boot.js'
import type { ClusterFacts } from './cluster.js'
import { PASSWORD_LABEL, type SavedFiles } from './saved-files.js'

/** A Postgres in a container. Its files are seen by the engine alone. */
export interface ContainerPostgresServer extends PostgresServer {
  readonly control: PostgresServerControl
  readonly images: PostgresImages
}

/** See `PostgresContainerStart.files`. */
export type FilesPlace = 'memory' | 'layer' | 'saved in memory'

/** The start on saved files, which are copied to memory or used where they are. */
export type BootFrom = (files: SavedFiles, inMemory: boolean) => ContainerBoot

/** A container that answers, and how the next one is had. */
export interface OpenedContainer {
  readonly booted: BootedContainer
  readonly boot: BootFrom
  readonly place: FilesPlace
  readonly setUp: (client: Client) => Promise<void>
  readonly adminPassword: string
  readonly layout: string
  readonly facts: ClusterFacts
  readonly cacheDirectory: string
}

const IN_MEMORY = { message: 'The files of a container are gone from memory when it stops, so they cannot be saved as an image.' }

const CLOCK: ServerClock = {
  why: "now() is the time of the container's machine; only a Postgres of provider 'embedded' or 'system' can have its clock moved",
}

export function openContainerServer({
  booted,
  boot,
  place,
  setUp,
  adminPassword,
  layout,
  facts,
  cacheDirectory,
}: OpenedContainer): ContainerPostgresServer {
  /** The files as they are in the container. */
  const here = boot({ tag: '', password: adminPassword }, false)
  const { engine } = here
  const { port } = booted
  let { container, life } = booted
  const running = followServer(booted.life, { name: 'Postgres', exitCode: 'ERR_HOTBED_POSTGRES_EXITED' })

  let inMemory = place === 'memory'
  let isStopped = false
  const refuseToSave = (directory: string): void => {
    if (existsSync(directory))
      throw new HotbedError('ERR_HOTBED_TEMPLATE', { message: `An image cannot be saved to ${directory}, which exists.` })
    if (inMemory) throw new HotbedError('ERR_HOTBED_TEMPLATE', IN_MEMORY)
  }

  const saveImage = async (directory: string): Promise<void> => {
    if (!isStopped) refuseToSave(directory)
    const failures: unknown[] = []
    await running.replace('INT', async (): Promise<ServerLife> => {
      const tag = `hotbed/image:${randomBytes(10).toString('hex')}`
      try {
        if (life.exit()?.status !== 0) throw uncleanShutdown(life.lastLog())
        await container.commit(tag, { [CACHE_LABEL]: cacheLabel(cacheDirectory), [PASSWORD_LABEL]: adminPassword })
        await mkdir(directory)
        await writeImageRecord(directory, tag)
      } catch (error) {
        failures.push(error)
        return (life = await startLife(here, { container, port }, setUp))
      }
      inMemory = place !== 'layer'
      await container.remove()
      ;({ container, life } = await bootContainer({ ...boot({ tag, password: adminPassword }, inMemory), port }, setUp))
      return life
    })
    if (failures.length > 0) throw failures[0]
  }

  return {
    provider: 'container',
    version: facts.version,
    host: engine.host,
    port,
    pid: undefined,
    control: {
      ...controlOf(running),
      restart: (mode) =>
        running.replace(mode === 'fast' ? 'INT' : 'QUIT', async () => (life = await startLife(here, { container, port }, setUp))),
    },
    ...superuser({ host: engine.host, port, password: adminPassword }),
    files: undefined,
    images: { layout, save: saveImage },
    clock: CLOCK,
    collation: facts.collation,
    ...endOf(running),
    stop: () => {
      isStopped = true
      return running.stop()
    },
  }
}
