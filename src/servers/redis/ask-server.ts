import type { Deadline } from '../../primitives/deadline.js'
import { HotbedError } from '../../primitives/error.js'
import type { SupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerVersion } from '../server.js'
import { exchange, type StoreAddress } from './exchange.js'
import { parseVersion } from './redis-binary.js'
import { isInEffect, unquote, type RedisSettings } from './redis-config.js'
import { readConfig } from './reset.js'
import { isRespError, type RespReply } from './resp.js'

/** What a new server says about itself. */
export interface ServerAnswers {
  readonly version: ServerVersion
  readonly flavour: 'redis' | 'valkey'
  readonly modules: readonly string[]
  /** Of the commands that were asked for, those that the server knows. */
  readonly commands: ReadonlySet<string>
  /** All that CONFIG GET has. */
  readonly config: ReadonlyMap<string, string>
}

export interface AskOptions {
  readonly life: Pick<SupervisedProcess, 'exited' | 'lastLog'>
  readonly settings: RedisSettings
  readonly address: StoreAddress
  readonly deadline: Deadline
  /** Commands to ask for. @default none */
  readonly commands?: readonly string[] | undefined
}

/**
 * Waits until the server answers and compares its settings with those wanted; `undefined` when it has ended before.
 * All questions travel in one write. A socket in the server's own directory, and a port that an engine gave to one container, are no other server's.
 *
 * @throws {HotbedError} `ERR_HOTBED_REDIS_START` when it does not answer in time; `ERR_HOTBED_OPTION` when a setting is not in effect
 */
export async function askServer(options: AskOptions): Promise<ServerAnswers | undefined> {
  const { settings, life, commands = [] } = options
  const password = settings.directives.get('requirepass')
  const questions = [
    ...(password === undefined ? [] : [['AUTH', unquote(password)]]),
    ['PING'],
    ['INFO', 'server'],
    ['MODULE', 'LIST'],
    ['CONFIG', 'GET', '*'],
    ...(commands.length === 0 ? [] : [['COMMAND', 'INFO', ...commands]]),
  ]
  const replies = await askUntilAnswered(options, questions)
  if (replies === undefined) return undefined
  const [pong, info, modules, configReply, commandReply] = password === undefined ? replies : replies.slice(1)
  if (pong !== 'PONG')
    throw new HotbedError('ERR_HOTBED_REDIS_START', {
      message: `Redis answers PING with ${JSON.stringify(pong)}.`,
      log: life.lastLog(),
    })
  const config = readConfig(configReply)
  for (const [name, value] of settings.directives) checkSetting(name, value, config.get(name), life)
  return {
    ...readInfo(typeof info === 'string' ? info : ''),
    modules: asList(modules)
      .flatMap((module) => asList(module)[1] ?? [])
      .filter((name) => typeof name === 'string'),
    commands: new Set(commands.filter((_, at) => asList(asList(commandReply)[at]).length > 0)),
    config,
  }
}

async function askUntilAnswered(options: AskOptions, questions: readonly (readonly string[])[]): Promise<readonly RespReply[] | undefined> {
  const { life, address, deadline } = options
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), deadline.remainingMs())
  })
  const ended = life.exited.then(() => undefined)
  try {
    for (;;) {
      const outcome = await Promise.race([exchange(address, questions).catch(() => 'not yet' as const), ended, late])
      if (outcome === 'late') {
        throw new HotbedError('ERR_HOTBED_REDIS_START', {
          message: 'Redis runs, but does not answer PING in time.',
          log: life.lastLog(),
        })
      }
      if (outcome !== 'not yet' && !(outcome ?? []).some(isLoading)) return outcome
      // The kernel has no event for "somebody listens now"; a refused connection costs 50 µs.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  } finally {
    clearTimeout(timer)
  }
}

/** It still reads the keys that were saved. */
function isLoading(reply: RespReply): boolean {
  return isRespError(reply) && reply.error.startsWith('LOADING')
}

/** A directive that CONFIG GET does not know (`user`, `include`, …) was accepted by the server: that has to do. */
function checkSetting(name: string, given: string, found: string | undefined, life: AskOptions['life']): void {
  if (found === undefined || isInEffect(given, found)) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `The directive '${name}' was given as '${given}', but the server runs with '${found}'.`,
    log: life.lastLog(),
  })
}

/** Of the reply to INFO server. */
export function readInfo(info: string): Pick<ServerAnswers, 'version' | 'flavour'> {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const valkey = field('valkey_version')
  return {
    version: parseVersion(valkey ?? field('redis_version') ?? '0.0'),
    flavour: valkey === undefined ? 'redis' : 'valkey',
  }
}

function asList(reply: RespReply | undefined): readonly RespReply[] {
  return typeof reply === 'object' && reply !== null && !isRespError(reply) ? reply : []
}
