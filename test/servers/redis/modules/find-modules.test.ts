import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isOnPath } from '../../../../src/primitives/on-path.js'
import { findRedisBinary } from '../../../../src/servers/redis/find-redis.js'
import { recycleRedis } from '../../../../src/servers/redis/recycle.js'
import { startRedisServer, type StartRedisContext } from '../../../../src/servers/redis/start.js'
import type { LocalRedisServer, RedisServerOptions } from '../../../../src/servers/server.js'
import { useDirectories } from '../place.js'
import { compileModule } from './compile-module.js'

const directories = useDirectories()
const { chosen } = await findRedisBinary()
const NOWHERE: NodeJS.ProcessEnv = { PATH: '' }

function makeFolder(): string {
  const folder = directories.make('modules')
  chmodSync(dirname(folder), 0o755)
  return folder
}

/** The server in a folder of its own, so that no modules of the system lie beside it. */
function makeProgram(directory: string): string {
  const program = join(directory, 'redis-server')
  chmodSync(dirname(directory), 0o755)
  writeFileSync(program, `#!/bin/sh\nexport LD_LIBRARY_PATH='${chosen?.libraries.join(':')}'\nexec '${chosen?.path}' "$@"\n`, {
    mode: 0o755,
  })
  return program
}

async function start(options: RedisServerOptions, context: StartRedisContext): Promise<LocalRedisServer> {
  const binary = makeProgram(directories.make('bin'))
  const server = await startRedisServer({ binary, ...options }, directories.makePlace(), context)
  onTestFinished(() => server.stop())
  return server
}

async function failure(options: RedisServerOptions, context: StartRedisContext): Promise<string> {
  const error: unknown = await start(options, context).catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('The server has started.')
  return error.message
    .replaceAll(chosen?.version.text ?? '', 'X.Y.Z')
    .replaceAll(/\/\S*\/hr-\w+\//g, '/tmp/')
    .replaceAll(/\/\S*\/lib\/redis\/modules, \/\S*\/lib, /g, 'OWN, ')
    .replace(/ {2}Last lines of its log:[^]*/, '  Last lines of its log: …')
}

const why = chosen === undefined ? 'no Redis here' : isOnPath('cc', process.env) ? undefined : 'no compiler here'

describe.skipIf(why !== undefined)(`modules by what they can do${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('are found by their files and proved by their commands', async () => {
    const [empty, folder] = [makeFolder(), makeFolder()]
    compileModule(join(folder, 'rejson.so'), ['JSON.SET', 'JSON.GET'])

    const server = await start({ modules: ['json'] }, { moduleFolders: [empty, folder] })

    expect(server.modules).toEqual(['hotbedtest'])
    // Nobody can tell what a module remembers.
    expect(await recycleRedis(server)).toBeUndefined()
  })

  test('are not loaded where the server, or a module that was named by its path, has them already', async () => {
    const [folder, own] = [makeFolder(), makeFolder()]
    // It would be refused: of two modules of one name the second one is.
    compileModule(join(folder, 'rejson.so'), ['JSON.SET', 'JSON.GET'])
    const path = compileModule(join(own, 'mine.so'), ['JSON.SET', 'JSON.GET', 'BF.ADD', 'BF.EXISTS'])

    const server = await start({ modules: [path, 'json', 'bloom'] }, { moduleFolders: [folder] })

    expect(server.modules).toEqual(['hotbedtest'])
  })

  test('are taken from the next file when one is made for another version', async () => {
    const [old, fitting] = [makeFolder(), makeFolder()]
    compileModule(join(old, 'redisbloom.so'), [], 'Redis version is too old, please upgrade')
    compileModule(join(fitting, 'redisbloom.so'), ['BF.ADD', 'BF.EXISTS'])

    const server = await start({ modules: ['bloom'] }, { moduleFolders: [old, fitting] })

    expect(server.modules).toEqual(['hotbedtest'])
  })

  test('that are nowhere are an error with all that was looked at', async () => {
    const [old, garbled, other] = [makeFolder(), makeFolder(), makeFolder()]
    compileModule(join(old, 'redisearch.so'), [], 'Redis version is too old, please upgrade')
    writeFileSync(join(garbled, 'redisearch.so'), 'not a library', { mode: 0o755 })
    compileModule(join(other, 'redisearch.so'), ['OTHER.COMMAND'])

    const message = await failure({ modules: ['search', 'json'] }, { moduleFolders: [old, garbled, other], variables: NOWHERE })

    expect(message).toMatchInlineSnapshot(`
      "No Redis here has 'search', 'json'. Looked in:
          Redis X.Y.Z, /tmp/bin/redis-server (option \`binary\`)
            the server itself: it does not know FT.CREATE
            /tmp/modules/redisearch.so: hotbedtest: Redis version is too old, please upgrade
            /tmp/modules/redisearch.so: /tmp/modules/redisearch.so: file too short
            /tmp/modules/redisearch.so: knows no FT.CREATE and FT.SEARCH
            the server itself: it does not know JSON.SET
            OWN, /tmp/modules, /tmp/modules, /tmp/modules: no rejson.so or libjson.so
       [ERR_HOTBED_REDIS_MODULE]
        → By an image that has them: redis: { image: 'redis:8' }"
    `)
  })

  test('on a system with apt, the command is written from the packages that apt knows', async () => {
    const programs = makeFolder()
    writeFileSync(join(programs, 'apt-get'), '#!/bin/sh\n', { mode: 0o755 })
    const knows = (...names: readonly string[]): void =>
      writeFileSync(join(programs, 'apt-cache'), `#!/bin/sh\nprintf '%s\\n' ${names.join(' ')}\n`, { mode: 0o755 })
    const context = { moduleFolders: [], variables: { PATH: programs } }
    const line = async (name: string): Promise<string> =>
      /By packages of this system: (.*)/.exec(await failure({ modules: [name] }, context))?.[1]?.replaceAll('sudo ', '') ?? ''

    knows('redis-server', 'redis-redisearch')
    expect(await line('search')).toBe('apt-get install redis-redisearch')
    expect(await line('json')).toMatch(/^apt-get install redis, after adding the packages of redis\.io: https:/)
    knows('redis-stack-server')
    expect(await line('json')).toBe('apt-get install redis-stack-server')
    knows()
    expect(await line('search')).toBe('apt-get update && apt-get install redis-redisearch')
  })

  test('another server of the system is taken when it has what the first one lacks, unless one was fixed', async () => {
    const [lacking, root] = [directories.make('bin'), directories.make('stack')]
    mkdirSync(join(root, 'bin'))
    mkdirSync(join(root, 'lib'))
    for (const directory of [lacking, join(root, 'bin')]) makeProgram(directory)
    chmodSync(dirname(root), 0o755)
    compileModule(join(root, 'lib/redistimeseries.so'), ['TS.ADD', 'TS.RANGE'])
    const context = { moduleFolders: [], variables: { PATH: lacking }, systemDirectories: [join(root, 'bin')] }

    const server = await startRedisServer({ modules: ['timeseries'] }, directories.makePlace(), context)
    onTestFinished(() => server.stop())

    expect(server.modules).toEqual(['hotbedtest'])
    await expect(failure({ binary: join(lacking, 'redis-server'), modules: ['timeseries'] }, context)).resolves.toContain(
      "No Redis here has 'timeseries'.",
    )
  })
})

describe.skipIf(why !== undefined)(`a module by its path${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('that the server refuses is an error with its own words, the log and the way out', async () => {
    const root = makeFolder()
    mkdirSync(join(root, 'bin'))
    mkdirSync(join(root, 'lib'))
    writeFileSync(join(root, 'bin/redis-server'), '', { mode: 0o755 })
    const file = compileModule(join(root, 'lib/rejson.so'), [], 'Redis version is too old, please upgrade')

    expect(await failure({ modules: [file] }, {})).toMatchInlineSnapshot(`
      "Redis X.Y.Z cannot load the module /tmp/modules/lib/rejson.so: hotbedtest: Redis version is too old, please upgrade. [ERR_HOTBED_REDIS_START]
        → A module must be built for this version, system and processor. Take the server that it came with: redis: { binary: '/tmp/modules/bin/redis-server' }. Or name it by what it can do, and one that fits is looked for: modules: ['json'].
        Last lines of its log: …"
    `)
  })
})
