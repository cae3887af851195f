import type { SuiteFacts } from '../databases/suite-parts.js'
import { pathWithPackages } from '../primitives/program-path.js'

/** Ports of the tap that only one instance has. */
export interface InstancePorts {
  readonly postgres: number | undefined
  readonly redis: number | undefined
}

/** What the environment of an instance is made of. */
export interface EnvironmentParts {
  readonly facts: SuiteFacts
  /** Of `suite.clock.env()`. */
  readonly clock: Readonly<Record<string, string>>
  /** Of the user: stands above all others. */
  readonly own: Readonly<Record<string, string>>
  readonly cwd: string
  readonly portVariable: string
  readonly port: number
  readonly ports: InstancePorts
}

/** The environment of one instance. Wherever a URL of the suite stands in it, the instance gets one with a port of its own. */
export function instanceEnvironment({ facts, clock, own, cwd, portVariable, port, ports }: EnvironmentParts): NodeJS.ProcessEnv {
  const { postgres, redis } = facts
  const options = [clock['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS'], own['NODE_OPTIONS']].filter((text) => text !== undefined)
  const given: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: pathWithPackages(cwd),
    ...(postgres === undefined ? {} : { DATABASE_URL: postgres.url }),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    ...own,
    ...clock,
    ...(options.length === 0 ? {} : { NODE_OPTIONS: options.join(' ') }),
    [portVariable]: String(port),
  }
  for (const [name, value] of Object.entries(given)) if (name !== portVariable && value !== undefined) given[name] = lead(value)
  return given

  /** To the instance's own ports, also where the user named the suite's. */
  function lead(value: string): string {
    let led = value
    for (const [store, to] of [
      [postgres, ports.postgres],
      [redis, ports.redis],
    ] as const) {
      if (store === undefined || to === undefined) continue
      // PGPORT and the like.
      if (led === String(store.port)) return String(to)
      led = led.replaceAll(`${store.host}:${store.port}`, `${store.host}:${to}`)
    }
    return led
  }
}
