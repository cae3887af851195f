import { chownSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createDeadline, type Deadline } from '../../primitives/deadline.js'
import { HotbedError } from '../../primitives/error.js'
import { findFreePort } from '../../primitives/free-port.js'
import { startSupervisedProcess, type SupervisedProcess } from '../../primitives/supervised-process.js'
import { controlOf, endOf, followProcess } from '../server-process.js'
import type { LocalRedisServer, RedisServerOptions, ServerPlace } from '../server.js'
import type { RedisSearchContext } from './redis-places.js'
import { listDirectives } from './list-directives.js'
import { chooseRedisServer } from './modules/choose-server.js'
import { isReachableBy } from './reachable.js'
import { nameRedis, redisEnvironment, type RedisBinary } from './redis-binary.js'
import { composeRedisConfig, readRedisSettings, type RedisSettings } from './redis-config.js'
import { explainExit } from './explain-exit.js'
import { askServer, type ServerAnswers } from './ask-server.js'
import { restartRedis } from './restart.js'

export interface StartRedisContext extends RedisSearchContext {
  /** For the whole start. @default 15000 */
  readonly timeoutMs?: number
  /** @default findFreePort */
  readonly findPort?: () => Promise<number>
  /** Where module files are looked for. @default the usual ones */
  readonly moduleFolders?: readonly string[]
}

const HOST = '127.0.0.1'
const START_MS = 15_000
const SAVE_MS = 60_000
const PORT_ATTEMPTS = 5
/** Of sun_path, the smallest of the systems we run on (macOS), without its final zero. */
const SOCKET_PATH_BYTES = 103

/**
 * Starts a Redis server of its own, in milliseconds. It keeps nothing: no file is written, and the end is a SIGKILL.
 * Settles when it has answered PING and its settings are in effect. When it fails, the directory of the place is gone.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_REDIS_NOT_FOUND`, `ERR_HOTBED_REDIS_MODULE`, `ERR_HOTBED_REDIS_START`
 */
export async function startRedisServer(
  options: RedisServerOptions,
  place: ServerPlace,
  context: StartRedisContext = {},
): Promise<LocalRedisServer> {
  try {
    const wanted = readRedisSettings(options)
    const socketPath = makeSocketPath(place.directory)
    const deadline = createDeadline(context.timeoutMs ?? START_MS)
    const { binary, settings } = await chooseRedisServer(options, wanted, { ...context, place, deadline })
    for (let attempt = 1; ; attempt += 1) {
      const port = await (context.findPort ?? findFreePort)()
      const started = await tryPort({ binary, settings, place, socketPath, deadline, port })
      if (started !== undefined) return started
      if (attempt < PORT_ATTEMPTS) continue
      throw new HotbedError('ERR_HOTBED_REDIS_START', {
        message: `No free port was left on ${HOST} after ${attempt} attempts.`,
      })
    }
  } catch (error) {
    await rm(place.directory, { recursive: true, force: true })
    throw error
  }
}

function makeSocketPath(directory: string): string {
  const socketPath = join(directory, 'redis.sock')
  if (Buffer.byteLength(socketPath) <= SOCKET_PATH_BYTES) return socketPath
  throw new HotbedError('ERR_HOTBED_REDIS_START', {
    message: `The path of the unix socket has more than ${SOCKET_PATH_BYTES} bytes: ${socketPath}`,
    remedy: 'Set HOTBED_RUN_DIRECTORY to a directory with a short path.',
  })
}

interface Attempt {
  readonly binary: RedisBinary
  readonly settings: RedisSettings
  readonly place: ServerPlace
  readonly socketPath: string
  readonly deadline: Deadline
  readonly port: number
}

/** One server on one port; `undefined` when somebody else has the port. */
async function tryPort(attempt: Attempt): Promise<LocalRedisServer | undefined> {
  const launched = await launch(attempt)
  return launched && describeServer(attempt, launched)
}

interface Launched {
  readonly supervised: SupervisedProcess
  readonly answers: ServerAnswers
}

async function launch(attempt: Attempt): Promise<Launched | undefined> {
  const { binary, settings, place, socketPath, deadline, port } = attempt
  const configFile = join(place.directory, 'redis.conf')
  // By file and not by arguments: values are then read as in redis.conf, and a password is not in the process list.
  writeFileSync(
    configFile,
    composeRedisConfig(settings, {
      port,
      socketPath,
      directory: place.directory,
      version: binary.version,
    }),
    { mode: 0o600 },
  )
  const user =
    place.user !== undefined && [binary.path, ...settings.modules].every((path) => isReachableBy(path, place.user)) ? place.user : undefined
  if (user !== undefined) chownSync(configFile, user.uid, user.gid)
  const supervised = await startSupervisedProcess({
    command: binary.path,
    args: [configFile],
    cwd: place.directory,
    env: redisEnvironment(binary.libraries),
    user,
    logFile: join(place.directory, 'redis.log'),
    directory: place.directory,
    runDirectory: place.runDirectory,
    stopSignal: 'KILL',
    // For a restart, which may have to save the keys.
    graceMs: SAVE_MS,
  })
  let answers: ServerAnswers | undefined
  try {
    answers = await askServer({ life: supervised, settings, address: socketPath, deadline })
    if (answers !== undefined) return { supervised, answers }
    const log = supervised.lastLog(200)
    if (log.some((line) => line.includes('Address already in use'))) return undefined
    throw await explainExit({
      log,
      status: (await supervised.exited).status,
      name: nameRedis(binary),
      listDirectives: () => listDirectives(binary, place, deadline),
    })
  } finally {
    if (answers === undefined) await supervised.stop({ keepDirectory: true })
  }
}

function describeServer(attempt: Attempt, { supervised, answers }: Launched): LocalRedisServer {
  const { binary, port, socketPath } = attempt
  const password = answers.config.get('requirepass') ?? ''
  const running = followProcess(supervised, { name: 'Redis', exitCode: 'ERR_HOTBED_REDIS_EXITED' })
  const server: LocalRedisServer = {
    provider: binary.provider,
    version: answers.version,
    flavour: answers.flavour,
    modules: answers.modules,
    config: answers.config,
    host: HOST,
    port,
    files: { socketPath },
    tls: undefined,
    url: `redis://${password === '' ? '' : `:${encodeURIComponent(password)}@`}${HOST}:${port}`,
    get pid() {
      return running.pid()
    },
    control: {
      ...controlOf(running),
      restart: (options) =>
        restartRedis(server, running, options, async () => {
          const deadline = createDeadline(START_MS)
          return (await launch({ ...attempt, deadline, port: options.port }))?.supervised
        }),
    },
    ...endOf(running),
  }
  return server
}
