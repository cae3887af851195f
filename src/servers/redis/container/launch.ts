import { createDeadline } from '../../../primitives/deadline.js'
import type { Container, ContainerSpec, PublishedPort } from '../../container/container.js'
import type { Engine } from '../../container/engine.js'
import type { ContainerImage } from '../../container/image.js'
import { startOnFreePort } from '../../container/start-on-free-port.js'
import type { ServerLife } from '../../server-process.js'
import { askServer, type ServerAnswers } from '../ask-server.js'
import { explainExit } from '../explain-exit.js'
import { commandsOf, lackingOf } from '../modules/capabilities.js'
import { missingInImage } from '../modules/missing.js'
import { nameRedis, type RedisBinaryFacts } from '../redis-binary.js'
import { composeContainerConfig, type RedisSettings } from '../redis-config.js'
import { BOOT_SCRIPT, DATA, redisCommand } from './scripts.js'

/** What a container of Redis is made of. */
export interface RedisBoot {
  readonly engine: Engine
  readonly image: ContainerImage
  readonly facts: RedisBinaryFacts
  readonly settings: RedisSettings
  readonly timeoutMs: number
  readonly run: string
  /** What is published. The server listens at the first. */
  readonly inside: readonly number[]
  readonly findPort: (() => Promise<number>) | undefined
}

/** A container that answers. */
export interface LaunchedRedis {
  readonly container: Container
  readonly ports: readonly PublishedPort[]
  readonly life: ServerLife
  readonly answers: ServerAnswers
}

/** Makes a container and starts it. */
export function makeRedisContainer(boot: RedisBoot): Promise<LaunchedRedis> {
  const { engine, inside, findPort } = boot
  return startOnFreePort(
    engine,
    describeSpec(boot),
    { inside, findPort, startCode: 'ERR_HOTBED_REDIS_START' },
    async (container, ports) => ({
      container,
      ports,
      ...(await launchRedis(boot, container, ports)),
    }),
  )
}

/** Starts a container, perhaps again. When that fails, it is gone. */
export async function launchRedis(
  boot: RedisBoot,
  container: Container,
  [first]: readonly PublishedPort[],
): Promise<Pick<LaunchedRedis, 'life' | 'answers'>> {
  const { engine, settings, image, facts, timeoutMs } = boot
  const { capabilities } = settings
  const life = await container.start()
  try {
    const address = { host: engine.host, port: first?.host ?? 0 }
    const deadline = createDeadline(timeoutMs)
    const answers = await askServer({ life, settings, address, deadline, commands: commandsOf(capabilities) })
    if (answers !== undefined) {
      const lacking = lackingOf(capabilities, answers.commands)
      if (lacking.length > 0) throw missingInImage(lacking, image.name)
      return { life, answers }
    }
    throw await explainExit({
      log: life.lastLog(200),
      status: (await life.exited).status,
      name: nameRedis(facts),
      listDirectives: () => listDirectives(boot),
    })
  } catch (error) {
    await container.remove()
    throw error
  }
}

/** True for a server that writes its keys down without being told to. */
export function savesItself({ directives }: RedisSettings): boolean {
  return (directives.get('save') ?? '""') !== '""' || directives.get('appendonly') === 'yes'
}

function describeSpec({ image, facts, settings, run, inside }: RedisBoot): Omit<ContainerSpec, 'ports'> {
  const { command, environment } = redisCommand(image.command)
  return {
    image: image.id,
    entrypoint: ['/bin/sh', '-c', BOOT_SCRIPT, 'hotbed', ...image.entrypoint],
    command,
    environment: {
      ...environment,
      HOTBED_CONFIG: composeContainerConfig(settings, { port: inside[0] ?? 0, directory: DATA, version: facts.version }),
      HOTBED_FORGETS: savesItself(settings) ? '' : 'yes',
    },
    run,
  }
}

/** Every directive of this very image, from a plain server of it. Only asked for after a failure. */
async function listDirectives(boot: RedisBoot): Promise<readonly string[]> {
  const { container, answers } = await makeRedisContainer({
    ...boot,
    settings: { directives: new Map(), modules: [], capabilities: [] },
    inside: boot.inside.slice(0, 1),
    findPort: undefined,
  })
  await container.remove()
  return [...answers.config.keys()]
}
