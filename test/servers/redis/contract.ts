import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../../src/primitives/free-port.js'
import { connectRedis, type RedisConnection } from '../../../src/servers/redis/client.js'
import { testEveryRedis } from './every-server.js'
import type { RedisServer, RedisServerOptions } from '../../../src/servers/server.js'

/** What a stack can say to any provider. */
export type AnyRedisOptions = Pick<RedisServerOptions, 'maxmemory' | 'policy' | 'config'>

/** A provider as it is tested. */
export interface RedisSubject {
  readonly name: string
  readonly start: (options: AnyRedisOptions, how: { readonly findPort?: () => Promise<number> }) => Promise<RedisServer>
  /** What is still there of the last server that was started, or was to be. */
  readonly leftByLast: () => Promise<readonly string[]>
}

export async function connectFor(server: RedisServer): Promise<RedisConnection> {
  const connection = await connectRedis(server)
  onTestFinished(() => connection.close())
  return connection
}

/** What every way of having a Redis server must do. */
export function describeRedisProvider({ name, start: startOne, leftByLast }: RedisSubject): void {
  describe(`a Redis server, ${name}`, { timeout: 30_000 }, () => {
    const start = async (options: AnyRedisOptions = {}, how: Parameters<typeof startOne>[1] = {}): Promise<RedisServer> => {
      const server = await startOne(options, how)
      onTestFinished(() => server.stop())
      return server
    }
    const connect = connectFor
    const failure = async (options: AnyRedisOptions): Promise<Error> => {
      const error: unknown = await start(options).catch((reason: unknown) => reason)
      expect(await leftByLast()).toEqual([])
      if (!(error instanceof Error)) throw new Error('The server has started.')
      return error
    }

    testEveryRedis(() => start())

    test('answers and says what it is', async () => {
      const server = await start()
      const { send } = await connect(server)

      expect(await send(['PING'])).toBe('PONG')
      const info = String(await send(['INFO', 'server']))
      expect(info).toContain(`${server.flavour}_version:${server.version.text}\r\n`)
      expect(server.version.text).toMatch(new RegExp(`^${server.version.major}\\.${server.version.minor}\\.`))
      expect(server).toMatchObject({
        host: '127.0.0.1',
        url: `redis://127.0.0.1:${server.port}`,
        modules: [],
      })
    })

    test('takes maxmemory, policy and any directive, in the forms of redis.conf', async () => {
      const server = await start({
        maxmemory: '64mb',
        policy: 'allkeys-lru',
        config: {
          timeout: 300,
          'lazyfree-lazy-expire': true,
          'notify-keyspace-events': 'KEA',
          SAVE: '900 1',
        },
      })
      const { send } = await connect(server)

      expect(await send(['CONFIG', 'GET', 'maxmemory'])).toEqual(['maxmemory', '67108864'])
      expect(await send(['CONFIG', 'GET', 'maxmemory-policy'])).toEqual(['maxmemory-policy', 'allkeys-lru'])
      expect(await send(['CONFIG', 'GET', 'timeout'])).toEqual(['timeout', '300'])
      expect(await send(['CONFIG', 'GET', 'lazyfree-lazy-expire'])).toEqual(['lazyfree-lazy-expire', 'yes'])
      expect(await send(['CONFIG', 'GET', 'notify-keyspace-events'])).toEqual(['notify-keyspace-events', 'AKE'])
      expect(await send(['CONFIG', 'GET', 'save'])).toEqual(['save', '900 1'])
    })

    test('evicts by its policy when maxmemory is reached', async () => {
      const { send } = await connect(await start({ maxmemory: '3mb', policy: 'allkeys-lru' }))
      const value = 'x'.repeat(100_000)

      for (let key = 0; key < 60; key += 1) await send(['SET', key, value])

      expect(Number(/evicted_keys:(\d+)/.exec(String(await send(['INFO', 'stats'])))?.[1])).toBeGreaterThan(20)
    })

    test('puts a password with every kind of character into its URL', async () => {
      const password = `a "b" \\ 'c'/ü`
      const server = await start({ config: { requirepass: password } })
      const { send } = await connect(server)

      expect(server.url).toBe(`redis://:${encodeURIComponent(password)}@127.0.0.1:${server.port}`)
      expect(await send(['PING'])).toBe('PONG')
    })

    test('refuses an unknown directive and names the nearest', async () => {
      const { message } = await failure({ config: { 'maxmemory-polcy': 'noeviction' } })

      expect(message).toMatch(
        /refuses the directive 'maxmemory-polcy noeviction': Bad directive or wrong number of arguments\. \[ERR_HOTBED_OPTION\]/,
      )
      expect(message).toContain("→ Did you mean 'maxmemory-policy'?")
    })

    test('refuses a wrong value and names the nearest', async () => {
      const { message } = await failure({ policy: 'allkeys-lruu' })

      expect(message).toMatch(/refuses the directive 'maxmemory-policy allkeys-lruu': .*one of the following: .*noeviction/)
      expect(message).toContain("→ Did you mean 'allkeys-lru'?")
    })

    test('takes another port when somebody was quicker', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      onTestFinished(() => void other.close())
      await new Promise((resolve) => other.once('listening', resolve))
      const taken = (other.address() as AddressInfo).port
      const ports = [taken, await findFreePort()]

      const server = await start({}, { findPort: () => (ports.length > 0 ? Promise.resolve(ports.shift() ?? 0) : findFreePort()) })

      expect(server.port).not.toBe(taken)
      expect(ports).toEqual([])
    })

    test('gives up when every port is taken', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      onTestFinished(() => void other.close())
      await new Promise((resolve) => other.once('listening', resolve))
      const taken = (other.address() as AddressInfo).port
      await expect(start({}, { findPort: () => Promise.resolve(taken) })).rejects.toThrow(
        'No free port was left on 127.0.0.1 after 5 attempts. [ERR_HOTBED_REDIS_START]',
      )
      expect(await leftByLast()).toEqual([])
    })

    test('is reset to the state after its start', async () => {
      const { send, reset } = await connect(await start({ maxmemory: '32mb' }))
      await send(['SET', 'a', 1])
      await send(['CONFIG', 'SET', 'maxmemory', '64mb'])
      const sha = await send(['SCRIPT', 'LOAD', 'return 1'])

      await reset()

      expect(await send(['DBSIZE'])).toBe(0)
      expect(await send(['CONFIG', 'GET', 'maxmemory'])).toEqual(['maxmemory', '33554432'])
      expect(await send(['SCRIPT', 'EXISTS', String(sha)])).toEqual([0])
    })

    test('leaves nothing after stop, which may be called twice', async () => {
      const server = await start()

      await Promise.all([server.stop(), server.stop()])

      expect(await leftByLast()).toEqual([])
    })

    test('is frozen and goes on, killed and started again', async () => {
      const server = await start()
      const before = await connect(server)
      await before.send(['SET', 'a', '1'])

      await server.control?.pause()
      const answer = before.send(['GET', 'a'])
      await server.control?.resume()
      expect(await answer).toBe('1')
      await server.control?.restart({ port: server.port, keepData: true })
      expect(await (await connect(server)).send(['GET', 'a'])).toBe('1')
      await server.control?.kill()
      await server.control?.restart({ port: server.port, keepData: false })
      expect(await (await connect(server)).send(['GET', 'a'])).toBe(null)
    })
  })
}
