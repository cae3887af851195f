import { createDeadline } from '../../../primitives/deadline.js'
import { resolveCacheDirectory } from '../../../primitives/cache-directory.js'
import type { Container, ContainerSpec } from '../../container/container.js'
import { openEngine, type Engine } from '../../container/engine.js'
import { requireContainerImage } from '../../container/image.js'
import { startOnFreePort } from '../../container/start-on-free-port.js'
import { sweepOnce } from '../../container/sweep.js'
import { followServer, type ServerLife } from '../../server-process.js'
import type { RedisServer, RedisContainerOptions } from '../../server.js'
import { askServer, type ServerAnswers } from '../ask-server.js'
import { explainExit } from '../explain-exit.js'
import { nameRedis } from '../redis-binary.js'
import { checkImageModule, composeContainerConfig, readRedisSettings, type RedisSettings } from '../redis-config.js'
import { commandsOf, lackingOf } from '../modules/capabilities.js'
import { missingInImage } from '../modules/missing.js'
import { probeRedisImage } from './probe-image.js'
import { restartRedisContainer } from './restart.js'
import { BOOT_SCRIPT, DATA, redisCommand } from './scripts.js'

export interface RedisContainerStart {
  /** The directory of the run that it belongs to. */
  readonly run: string
  /** @default resolveCacheDirectory() */
  readonly cacheDirectory?: string | undefined
  /** For the whole start. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** @default findContainerPort */
  readonly findPort?: (() => Promise<number>) | undefined
}

const PORT = 6379
const START_MS = 30_000

/**
 * Starts a Redis, or what speaks like one, in a container of its own. It keeps nothing. Settles when it has answered PING and its settings are in effect.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_CONTAINER`, `ERR_HOTBED_REDIS_NOT_FOUND`, `ERR_HOTBED_REDIS_MODULE`, `ERR_HOTBED_REDIS_START`
 */
export async function startRedisContainer(options: RedisContainerOptions, start: RedisContainerStart): Promise<RedisServer> {
  const settings = readRedisSettings(options, checkImageModule)
  const engine = await openEngine()
  const cacheDirectory = start.cacheDirectory ?? resolveCacheDirectory()
  sweepOnce(engine, cacheDirectory)
  const image = await requireContainerImage(engine, options.image ?? DEFAULT_IMAGE)
  const facts = await probeRedisImage(engine, image, start.run, cacheDirectory)
  const boot: RedisBoot = { engine, settings, image: image.name, name: nameRedis(facts), timeoutMs: start.timeoutMs ?? START_MS }
  const { command, environment } = redisCommand(image.command)
  const spec: Omit<ContainerSpec, 'port'> = {
    image: image.id,
    entrypoint: ['/bin/sh', '-c', BOOT_SCRIPT, 'hotbed', ...image.entrypoint],
    command,
    environment: {
      ...environment,
      HOTBED_CONFIG: composeContainerConfig(settings, { port: PORT, directory: DATA, version: facts.version }),
      HOTBED_FORGETS: savesItself(settings) ? '' : 'yes',
    },
    run: start.run,
  }
  const started = await startOnFreePort(
    engine,
    spec,
    { inside: PORT, findPort: start.findPort, startCode: 'ERR_HOTBED_REDIS_START' },
    async (container, port) => ({
      container,
      port,
      ...(await launch(boot, { container, port })),
    }),
  )
  return describeServer(boot, started)
}

const DEFAULT_IMAGE = 'redis:8'

interface RedisBoot {
  readonly engine: Engine
  readonly settings: RedisSettings
  readonly image: string
  /** For people. */
  readonly name: string
  readonly timeoutMs: number
}

interface Published {
  readonly container: Container
  readonly port: number
}

interface Launched {
  readonly life: ServerLife
  readonly answers: ServerAnswers
}

/** Starts a container, perhaps again. When that fails, it is gone. */
async function launch(boot: RedisBoot, { container, port }: Published): Promise<Launched> {
  const { engine, settings, image, name, timeoutMs } = boot
  const life = await container.start()
  try {
    const address = { host: engine.host, port }
    const { capabilities } = settings
    const deadline = createDeadline(timeoutMs)
    const answers = await askServer({ life, settings, address, deadline, commands: commandsOf(capabilities) })
    if (answers !== undefined) {
      const lacking = lackingOf(capabilities, answers.commands)
      if (lacking.length > 0) throw missingInImage(lacking, image)
      return { life, answers }
    }
    throw await explainExit({
      log: life.lastLog(200),
      status: (await life.exited).status,
      name,
      listDirectives: () => Promise.resolve([]),
    })
  } catch (error) {
    await container.remove()
    throw error
  }
}

function savesItself({ directives }: RedisSettings): boolean {
  return (directives.get('save') ?? '""') !== '""' || directives.get('appendonly') === 'yes'
}

function describeServer(boot: RedisBoot, { container, port, life, answers }: Launched & Published): RedisServer {
  const { host } = boot.engine
  const password = answers.config.get('requirepass') ?? ''
  const running = followServer(life, { name: 'Redis', exitCode: 'ERR_HOTBED_REDIS_EXITED' })
  return {
    provider: 'container',
    version: answers.version,
    flavour: answers.flavour,
    modules: answers.modules,
    config: answers.config,
    host,
    port,
    url: `redis://${password === '' ? '' : `:${encodeURIComponent(password)}@`}${host}:${port}`,
    tls: undefined,
    files: undefined,
    pid: undefined,
    exited: running.exited,
    control: {
      condition: running.condition,
      pause: running.pause,
      resume: running.resume,
      kill: running.kill,
      restart: ({ keepData }) =>
        restartRedisContainer(
          { running, container, password, address: { host, port } },
          keepData && !savesItself(boot.settings),
          async () => (await launch(boot, { container, port })).life,
        ),
    },
    lastLog: running.lastLog,
    stop: running.stop,
    leave: running.leave,
  }
}
