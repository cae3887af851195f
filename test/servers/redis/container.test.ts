import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../../../src/servers/container/engine.js'
import { RUN_LABEL } from '../../../src/servers/container/labels.js'
import { startRedisContainer } from '../../../src/servers/redis/container/start.js'
import type { ContainerRedisServer } from '../../../src/servers/redis/container/running-server.js'
import type { RedisContainerOptions } from '../../../src/servers/server.js'
import { POSTGRES_IMAGE, REDIS_IMAGE, whyNoContainers } from '../container/engine-here.js'
import { connectFor, describeRedisProvider } from './contract.js'

const skip = await whyNoContainers(REDIS_IMAGE, POSTGRES_IMAGE)
let cacheDirectory: string
// Not before: where every test is skipped nothing is run afterwards.
beforeAll(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), 'hotbed-redis-'))
})
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }))
let last = 0

const runOf = (number: number): string => join(cacheDirectory, `run-${number}`)

const start = (options: RedisContainerOptions, how: object = {}): Promise<ContainerRedisServer> => {
  last += 1
  return startRedisContainer({ image: REDIS_IMAGE, ...options }, { run: runOf(last), cacheDirectory, ...how })
}

const leftByLast = async (): Promise<readonly string[]> => {
  const { docker } = await openEngine()
  const left = await docker.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${runOf(last)}`] } })
  return left.map(({ Id, State }) => `${Id} ${State}`)
}

if (skip === undefined) {
  describeRedisProvider({ name: 'container', start, leftByLast })
  describeContainers()
} else test.skip(`a Redis server, container (${skip})`, () => {})

/** Besides what every provider must do. */
function describeContainers(): void {
  describe('a container of Redis', { timeout: 30_000 }, () => {
    test('serves one suite after the other, each at a port of its own and empty', async () => {
      const first = await start({})
      onTestFinished(() => first.stop())
      const connection = await connectFor(first)
      await connection.send(['SET', 'a', '1'])

      const second = await first.recycle()

      expect(second).toMatchObject({ host: first.host })
      expect(second?.port).not.toBe(first.port)
      expect(await (await connectFor(second ?? first)).send(['DBSIZE'])).toBe(0)
      expect(connection.isOpen()).toBe(false)
      await expect(connectFor(first)).rejects.toThrow('got no answer of Redis')
      await second?.control.restart({ port: second.port, keepData: false })
      expect(await (await connectFor(second ?? first)).send(['PING'])).toBe('PONG')
    })

    test('that was changed serves no other suite', async () => {
      const server = await start({})
      onTestFinished(() => server.stop())
      await (await connectFor(server)).send(['CONFIG', 'SET', 'maxmemory', '100mb'])

      expect(await server.recycle()).toBe(undefined)
    })

    test('of no Redis is refused', async () => {
      await expect(start({ image: POSTGRES_IMAGE })).rejects.toMatchObject({
        code: 'ERR_HOTBED_REDIS_NOT_FOUND',
        message: expect.stringContaining(`The image '${POSTGRES_IMAGE}' is no Redis: "has neither redis-server nor valkey-server".`),
      })
      expect(await leftByLast()).toEqual([])
    })

    test('says so when somebody has killed it', async () => {
      const server = await start({})
      onTestFinished(() => server.stop())
      const { docker } = await openEngine()
      const [container] = await docker.listContainers({ filters: { label: [`${RUN_LABEL}=${runOf(last)}`] } })

      await docker.getContainer(container?.Id ?? '').kill()

      expect(await server.exited).toEqual({ status: 137 })
      expect(server.lastLog().join('\n')).toContain('eady to accept connections')
    })

    test('asks for modules by absolute paths, which are those of the image', async () => {
      await expect(start({ modules: ['./module.so'] })).rejects.toThrow("Option 'modules' must be a list of absolute paths in the image")
      await expect(start({ modules: ['/no/such/module.so'] })).rejects.toThrow('cannot load the module /no/such/module.so')
    })
  })
}
