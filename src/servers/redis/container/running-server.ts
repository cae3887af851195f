import { controlOf, endOf, followServer, type FollowedServer } from '../../server-process.js'
import type { RedisServer, RedisServerControl } from '../../server.js'
import { moveRedis } from '../recycle.js'
import { sendDirectly } from '../send-directly.js'
import { launchRedis, savesItself, type LaunchedRedis, type RedisBoot } from './launch.js'
import { restartRedisContainer } from './restart.js'

/** A Redis in a container. */
export interface ContainerRedisServer extends RedisServer {
  readonly control: RedisServerControl
  /** As `recycleRedis`: it moves to the next port that is published, and has to end with the last. */
  readonly recycle: () => Promise<ContainerRedisServer | undefined>
}

export function openRedisContainer(boot: RedisBoot, launched: LaunchedRedis): ContainerRedisServer {
  const running = followServer(launched.life, { name: 'Redis', exitCode: 'ERR_HOTBED_REDIS_EXITED' })
  return describeAt(0, boot, launched, running)
}

/** @param index of the published port at which the server is */
function describeAt(index: number, boot: RedisBoot, launched: LaunchedRedis, running: FollowedServer): ContainerRedisServer {
  const { container, ports, answers } = launched
  const { host } = boot.engine
  const { inside, host: port } = ports[index] ?? { inside: 0, host: 0 }
  const password = answers.config.get('requirepass') ?? ''
  const server: ContainerRedisServer = {
    provider: 'container',
    version: answers.version,
    flavour: answers.flavour,
    modules: answers.modules,
    config: new Map(answers.config).set('port', String(inside)),
    host,
    port,
    url: `redis://${password === '' ? '' : `:${encodeURIComponent(password)}@`}${host}:${port}`,
    tls: undefined,
    files: undefined,
    pid: undefined,
    control: {
      ...controlOf(running),
      restart: ({ keepData }) =>
        restartRedisContainer(server, running, container, keepData && !savesItself(boot.settings), async () => {
          const { life } = await launchRedis(boot, container, ports)
          // It comes back where it began.
          if (index > 0) await sendDirectly({ ...server, port: ports[0]?.host ?? 0 }, ['CONFIG', 'SET', 'port', String(inside)])
          return life
        }),
    },
    ...endOf(running),
    recycle: async () => {
      const next = ports[index + 1]
      if (next === undefined || !(await moveRedis(server, { inside: next.inside, port: next.host }))) return undefined
      return describeAt(index + 1, boot, launched, running)
    },
  }
  return server
}
