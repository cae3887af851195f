import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../../src/primitives/free-port.js'
import { connectRedis, type RedisConnection } from '../../../src/servers/redis/client.js'
import { isOnPath } from '../../../src/primitives/on-path.js'
import { startRedisServer, type StartRedisContext } from '../../../src/servers/redis/start.js'
import type { LocalRedisServer, RedisServerOptions, ServerPlace } from '../../../src/servers/server.js'
import { isAlive, useDirectories } from './place.js'

/** The smallest module there is; it needs no header. */
const MODULE = `
int RedisModule_OnLoad(void **ctx, void **argv, int argc) {
  int (*getApi)(const char *, void *) = (int (*)(const char *, void *))ctx[0];
  void (*setAttributes)(void *, const char *, int, int);
  if (getApi("RedisModule_SetModuleAttribs", &setAttributes)) return 1;
  setAttributes(ctx, "hotbedtest", 1, 1);
  return 0;
}`

/** What every way of having a Redis server must do. `skip` is the reason why it cannot be tried here. */
export function describeRedisProvider(
  name: string,
  provided: RedisServerOptions,
  { skip }: { readonly skip?: string | undefined } = {},
): void {
  describe.skipIf(skip !== undefined)(`a Redis server, ${name}${skip === undefined ? '' : ` (skipped: ${skip})`}`, () => {
    const directories = useDirectories()
    const start = async (
      options: RedisServerOptions = {},
      place: ServerPlace = directories.makePlace(),
      context: StartRedisContext = {},
    ): Promise<LocalRedisServer> => {
      const server = await startRedisServer({ ...provided, ...options }, place, context)
      onTestFinished(() => server.stop())
      return server
    }
    const connect = async (server: LocalRedisServer): Promise<RedisConnection> => {
      const connection = await connectRedis(server)
      onTestFinished(() => connection.close())
      return connection
    }
    const failure = async (options: RedisServerOptions): Promise<Error> => {
      const place = directories.makePlace()
      const error: unknown = await start(options, place).catch((reason: unknown) => reason)
      expect(existsSync(place.directory), 'the directory is gone').toBe(false)
      if (!(error instanceof Error)) throw new Error('The server has started.')
      return error
    }

    test('answers, says what it is, and is the one that was started', async () => {
      const server = await start()
      const { send } = await connect(server)

      expect(await send(['PING'])).toBe('PONG')
      const info = String(await send(['INFO', 'server']))
      expect(info).toContain(`process_id:${server.pid}\r\n`)
      expect(info).toContain(`tcp_port:${server.port}\r\n`)
      expect(info).toContain(`${server.flavour}_version:${server.version.text}\r\n`)
      expect(server.version.text).toMatch(new RegExp(`^${server.version.major}\\.${server.version.minor}\\.`))
      expect(server).toMatchObject({
        host: '127.0.0.1',
        url: `redis://127.0.0.1:${server.port}`,
        modules: [],
      })
    })

    test('listens on 127.0.0.1 only and writes nothing to disk', async () => {
      const { send } = await connect(await start())

      expect(await send(['CONFIG', 'GET', 'bind'])).toEqual(['bind', '127.0.0.1'])
      expect(await send(['CONFIG', 'GET', 'save'])).toEqual(['save', ''])
      expect(await send(['CONFIG', 'GET', 'appendonly'])).toEqual(['appendonly', 'no'])
    })

    test('leaves no process and no directory after stop, which may be called twice', async () => {
      const place = directories.makePlace()
      const server = await start({}, place)

      await Promise.all([server.stop(), server.stop()])

      expect(isAlive(server.pid)).toBe(false)
      expect(readdirSync(dirname(place.directory))).toEqual([])
    })

    test('leaves nothing after somebody has killed it, and says so', async () => {
      const place = directories.makePlace()
      const server = await start({}, place)

      process.kill(server.pid, 'SIGKILL')

      expect(await server.exited).toEqual({ status: 137 })
      expect(server.lastLog().join('\n')).toContain('eady to accept connections')
      await server.stop()
      expect(readdirSync(dirname(place.directory))).toEqual([])
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

    const openFiles = Number(execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }))

    test.skipIf(Number.isNaN(openFiles))('refuses a setting that the server has taken but lowered', async () => {
      const wanted = openFiles + 1000
      const { message } = await failure({ config: { maxclients: wanted } })

      expect(message).toMatch(
        new RegExp(`The directive 'maxclients' was given as '${wanted}', but the server runs with '\\d+'\\. \\[ERR_HOTBED_OPTION\\]`),
      )
      expect(message).toContain('maxclients has been reduced')
    })

    test('refuses a module that is no module, with what the server says', async () => {
      const { message } = await failure({ modules: [process.execPath] })

      expect(message).toContain(`cannot load the module ${process.execPath}: `)
      expect(message).toContain('[ERR_HOTBED_REDIS_START]')
    })

    test.skipIf(!isOnPath('cc', process.env))('loads modules and names them', async () => {
      const directory = directories.make('mödule "x"')
      chmodSync(dirname(directory), 0o755)
      const file = join(directory, 'module.so')
      writeFileSync(join(directory, 'module.c'), MODULE)
      execFileSync('cc', ['-shared', '-fPIC', '-o', file, join(directory, 'module.c')])

      const server = await start({ modules: [file] })

      expect(server.modules).toEqual(['hotbedtest'])
    })

    test('takes another port when somebody was quicker', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      onTestFinished(() => void other.close())
      await new Promise((resolve) => other.once('listening', resolve))
      const taken = (other.address() as AddressInfo).port
      const ports = [taken, await findFreePort()]

      const server = await start({}, directories.makePlace(), {
        findPort: () => Promise.resolve(ports.shift() ?? 0),
      })

      expect(server.port).not.toBe(taken)
      expect(ports).toEqual([])
    })

    test('gives up when every port is taken', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      onTestFinished(() => void other.close())
      await new Promise((resolve) => other.once('listening', resolve))
      const taken = (other.address() as AddressInfo).port
      const place = directories.makePlace()

      await expect(start({}, place, { findPort: () => Promise.resolve(taken) })).rejects.toThrow(
        '5 free ports in a row were taken by others',
      )
      expect(existsSync(place.directory)).toBe(false)
    })

    test('runs in a directory with blanks, quotes and letters beyond ASCII', async () => {
      const { send } = await connect(await start({}, directories.makePlace(`mein "Über" o'x`)))

      expect(await send(['PING'])).toBe('PONG')
    })

    test('says which path is too long for a unix socket', async () => {
      await expect(start({}, directories.makePlace('x'.repeat(120)))).rejects.toThrow(
        /unix socket has more than 103 bytes[\s\S]*HOTBED_RUN_DIRECTORY/,
      )
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
  })
}
