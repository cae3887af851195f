import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SuiteParts } from '../databases/suite-parts.js'
import { endInOrder } from '../primitives/end-in-order.js'
import type { Endings } from '../primitives/endings.js'
import { readEnvironment } from '../primitives/environment.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { createRunDirectory } from '../primitives/run-directory.js'
import type { App } from './app.js'
import { readAppCommand, type AppCommand } from './app-command.js'
import { instanceEnvironment, type InstancePorts } from './app-environment.js'
import { startInstance, type OwnedInstance } from './app-instance.js'
import type { ReadySign } from './await-ready.js'
import { noteLiveApp } from './live-apps.js'
import { startBalancer } from './start-balancer.js'

export interface StartAppOptions {
  /** How many processes. @default 1 */
  readonly instances?: number
  /** What they are called: `worker` makes `worker 1`, `worker 2` … @default 'instance' */
  readonly name?: string
  /**
   * Added to the environment of this process, `PORT`, `DATABASE_URL` and `REDIS_URL`. Wherever a URL of the suite stands in it, each instance gets one
   * that leads through a port of its own, by which recordings tell instances apart.
   */
  readonly env?: Readonly<Record<string, string>>
  /** Which variable has the port that an instance is to listen on. @default 'PORT' */
  readonly portVariable?: string
  /** @default the working directory */
  readonly cwd?: string
  /**
   * When an instance is ready: a path that is answered with a status below 400, or a line of its log. By default it is when `/` is answered
   * with any status below 500.
   */
  readonly ready?: string | RegExp
  /** For an instance to become ready. @default 10_000 */
  readonly timeoutMs?: number
}

/** What an application needs of its suite. */
export interface AppHost {
  readonly parts: SuiteParts
  readonly endings: Endings
  readonly clock: { readonly env: () => Promise<Readonly<Record<string, string>>> }
}

const OPTIONS = ['instances', 'name', 'env', 'portVariable', 'cwd', 'ready', 'timeoutMs']
/** Logs. */
const NEEDED_BYTES = 1_048_576

/** @throws {HotbedError} as `suite.startApp` */
export async function startApp(host: AppHost, command: AppCommand, options: StartAppOptions = {}): Promise<App> {
  const program = readAppCommand(command)
  const { instances: count, name, env, portVariable, cwd, ready, timeoutMs } = readOptions(options)
  const { parts, endings } = host
  const clock = await host.clock.env()
  const directory = await createRunDirectory({ neededBytes: NEEDED_BYTES, user: undefined })
  const balancer = await startBalancer().catch(async (error: unknown) => {
    await directory.remove()
    throw error
  })
  const owned = new Map<number, OwnedInstance>()
  const inOrder = (): readonly OwnedInstance[] => [...owned].toSorted(([a], [b]) => a - b).map(([, one]) => one)
  const serve = (): Promise<void> =>
    balancer.serve(
      inOrder().flatMap(({ instance, address }) => {
        const listening = address()
        return listening === undefined ? [] : [{ ...listening, name: instance.name }]
      }),
    )
  const givingUp = new AbortController()
  const start = async (number: number): Promise<void> => {
    const instance = `${name} ${number}`
    const ports = (await parts.verbs.tap('addPorts', [instance])) as InstancePorts
    const environment = (port: number): NodeJS.ProcessEnv =>
      instanceEnvironment({ facts: parts.facts, clock, own: env, cwd, portVariable, port, ports })
    const directories = { directory: directory.path, clockDirectory: readEnvironment(clock).clock }
    const plan = { name: instance, program, cwd, ready, timeoutMs, portVariable, ...directories, environment }
    owned.set(number, await startInstance(plan, serve, givingUp.signal))
  }
  const starts = Promise.allSettled(
    Array.from({ length: count }, (_, index) =>
      start(index + 1).catch((error: unknown) => {
        // The others need not be waited for.
        givingUp.abort(error)
        throw error
      }),
    ),
  )
  let stopping: Promise<void> | undefined
  let forgetLive = (): void => {}
  const end = async (how: { readonly graceMs?: number } | undefined): Promise<void> => {
    forgetEnding()
    forgetLive()
    givingUp.abort(new HotbedError('ERR_HOTBED_DISPOSED', { message: `The suite ended before '${program.text}' was ready.` }))
    await starts
    const stops = Promise.allSettled(inOrder().map(({ instance }) => instance.stop(how)))
    await endInOrder(async () => void (await stops), balancer.close, directory.remove)
  }
  const stop: App['stop'] = (how) => (stopping ??= end(how))
  const forgetEnding = endings.add(() => stop())

  await starts
  if (givingUp.signal.aborted) {
    await stop({ graceMs: 0 })
    throw givingUp.signal.reason
  }
  await serve()
  const instances = Object.freeze(inOrder().map(({ instance }) => instance))
  forgetLive = noteLiveApp(program.text, instances)
  return {
    url: balancer.url,
    instances,
    log: (lines) => instances.flatMap((one) => one.log(lines).map((line) => (instances.length === 1 ? line : `${one.name}: ${line}`))),
    compareInstances: async (requests, how) => (await import('./compare-instances.js')).compareInstances(parts, inOrder(), requests, how),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}

function readOptions(options: StartAppOptions): Required<Omit<StartAppOptions, 'ready'>> & { readonly ready: ReadySign } {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', 'an object such as { instances: 2 }', options)
  checkOptionNames(options, OPTIONS, 'startApp()')
  const { instances = 1, name = 'instance', env = {}, portVariable = 'PORT', cwd = '.', ready, timeoutMs = 10_000 } = options
  if (!Number.isInteger(instances) || instances < 1 || instances > 64) throw wrongOption('instances', 'a number from 1 to 64', instances)
  if (typeof name !== 'string' || name.trim() === '') throw wrongOption('name', "a text such as 'worker'", name)
  if (typeof env !== 'object' || env === null) throw wrongOption('env', "variables and their values, such as { LOG_LEVEL: 'warn' }", env)
  for (const [variable, value] of Object.entries(env)) {
    if (typeof value !== 'string') throw wrongOption(`env.${variable}`, 'a text', value)
  }
  if (typeof portVariable !== 'string' || !/^\w+$/.test(portVariable))
    throw wrongOption('portVariable', "the name of a variable, such as 'PORT'", portVariable)
  if (typeof cwd !== 'string' || !existsSync(cwd)) throw wrongOption('cwd', 'a directory that exists', cwd)
  if (ready !== undefined && !(ready instanceof RegExp) && !(typeof ready === 'string' && ready.startsWith('/')))
    throw wrongOption('ready', "a path such as '/health', or what a line of the log is like, such as /listening/", ready)
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw wrongOption('timeoutMs', 'a number of milliseconds', timeoutMs)
  return { instances, name, env, portVariable, cwd: resolve(cwd), ready, timeoutMs }
}

/** @throws {HotbedError} always: an application in another process has connections of its own, which see nothing of the transaction */
export function refuseApp(): never {
  throw new HotbedError('ERR_HOTBED_ISOLATION', {
    message: "Isolation 'rollback' hands out one client, and an application in its own process connects by itself.",
    remedy: "Use isolation: 'clone'.",
  })
}
