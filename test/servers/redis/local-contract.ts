import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isOnPath } from '../../../src/primitives/on-path.js'
import { startRedisServer, type StartRedisContext } from '../../../src/servers/redis/start.js'
import type { LocalRedisServer, RedisServerOptions, ServerPlace } from '../../../src/servers/server.js'
import { connectFor, describeRedisProvider } from './contract.js'
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

/** What a provider must do whose servers are processes here, besides what all must. `skip` is the reason why it cannot be tried here. */
export function describeLocalRedis(
  name: string,
  provided: RedisServerOptions,
  { skip }: { readonly skip?: string | undefined } = {},
): void {
  if (skip !== undefined) {
    test.skip(`a Redis server, ${name} (${skip})`, () => {})
    return
  }
  const directories = useDirectories()
  let last: ServerPlace | undefined
  describeRedisProvider({
    name,
    start: (options, how) => {
      last = directories.makePlace()
      return startRedisServer({ ...provided, ...options }, last, how)
    },
    leftByLast: () => Promise.resolve([last?.directory ?? ''].filter(existsSync)),
  })

  describe(`the process of a Redis server, ${name}`, () => {
    const start = async (
      options: RedisServerOptions = {},
      place: ServerPlace = directories.makePlace(),
      context: StartRedisContext = {},
    ): Promise<LocalRedisServer> => {
      const server = await startRedisServer({ ...provided, ...options }, place, context)
      onTestFinished(() => server.stop())
      return server
    }
    const connect = connectFor
    const failure = async (options: RedisServerOptions): Promise<Error> => {
      const place = directories.makePlace()
      const error: unknown = await start(options, place).catch((reason: unknown) => reason)
      expect(existsSync(place.directory), 'the directory is gone').toBe(false)
      if (!(error instanceof Error)) throw new Error('The server has started.')
      return error
    }

    test('is the one that was started', async () => {
      const server = await start()
      const info = String(await (await connect(server)).send(['INFO', 'server']))

      expect(info).toContain(`process_id:${server.pid}\r\n`)
      expect(info).toContain(`tcp_port:${server.port}\r\n`)
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

    test('runs in a directory with blanks, quotes and letters beyond ASCII', async () => {
      const { send } = await connect(await start({}, directories.makePlace(`mein "Über" o'x`)))

      expect(await send(['PING'])).toBe('PONG')
    })

    test('says which path is too long for a unix socket', async () => {
      await expect(start({}, directories.makePlace('x'.repeat(120)))).rejects.toThrow(
        /unix socket has more than 103 bytes[\s\S]*HOTBED_RUN_DIRECTORY/,
      )
    })
  })
}
