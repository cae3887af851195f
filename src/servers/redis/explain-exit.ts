import { HotbedError } from '../../primitives/error.js'
import { nearestName } from '../../primitives/options.js'
import { suggestServer } from './modules/capabilities.js'
import { readModuleRefusal } from './modules/module-refusal.js'

export interface ExitFacts {
  readonly log: readonly string[]
  readonly status: number
  /** Such as `Redis 7.0.15`. */
  readonly name: string
  readonly listDirectives: () => Promise<readonly string[]>
}

/** The error for a server that ended instead of answering: what its log says, put so that one knows what to change. */
export async function explainExit({ log, status, name, listDirectives }: ExitFacts): Promise<HotbedError> {
  const text = log.join('\n')
  const [, line, reason] = /^>>> '(.*)'\n(.*)/m.exec(text) ?? []
  if (line !== undefined && reason !== undefined) {
    const remedy = await suggest(line, reason, listDirectives)
    return new HotbedError('ERR_HOTBED_OPTION', {
      message: `${name} refuses the directive '${line}': ${reason}.`,
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
  const refusal = readModuleRefusal(log)
  if (refusal !== undefined) {
    return new HotbedError('ERR_HOTBED_REDIS_START', {
      message: `${name} cannot load the module ${refusal.path}: ${refusal.why}.`,
      remedy: suggestServer(refusal.path),
      log: log.slice(-20),
    })
  }
  return new HotbedError('ERR_HOTBED_REDIS_START', {
    message: `${name} ended with status ${status} instead of answering.`,
    log: log.slice(-20),
  })
}

async function suggest(line: string, reason: string, listDirectives: () => Promise<readonly string[]>): Promise<string | undefined> {
  const [directive = '', value = ''] = line.split(' ')
  const choices = /one of the following: (.*)/.exec(reason)?.[1]?.split(', ')
  if (choices !== undefined) {
    const near = nearestName(value.replaceAll(/["']/g, ''), choices)
    return near === undefined ? undefined : `Did you mean '${near}'?`
  }
  if (!/bad directive/i.test(reason)) return undefined
  const known = await listDirectives().catch((): readonly string[] => [])
  if (known.includes(directive)) return `'${directive}' exists, so look at the value.`
  const near = nearestName(directive, known)
  return near === undefined ? 'Look the name up in redis.conf of this version.' : `Did you mean '${near}'?`
}
