import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Deadline } from '../../primitives/deadline.js'
import { startSupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerPlace } from '../server.js'
import { askServer, type ServerAnswers } from './ask-server.js'
import { isReachableBy } from './reachable.js'
import { redisEnvironment, type RedisBinary } from './redis-binary.js'
import { quote } from './redis-config.js'

/** What a plain server said, or the log of one that ended instead. */
export type ThrowAwayAnswers = (ServerAnswers & { readonly log?: undefined }) | { readonly log: readonly string[] }

export interface ThrowAwayOptions {
  readonly place: ServerPlace
  readonly deadline: Deadline
  /** Paths of modules. @default none */
  readonly modules?: readonly string[]
  /** Commands that it is asked for. @default none */
  readonly commands?: readonly string[]
}

/** Starts a plain server of this very program within the place, asks it what it is, and ends it. Takes about 20 ms. */
export async function askThrowAway(binary: RedisBinary, options: ThrowAwayOptions): Promise<ThrowAwayAnswers> {
  const { place, deadline, modules = [], commands } = options
  const directory = join(place.directory, 'd')
  mkdirSync(directory, { mode: 0o700 })
  const socketPath = join(directory, 'r.sock')
  const configFile = join(directory, 'redis.conf')
  const lines = ['port 0', `unixsocket ${quote(socketPath)}`, 'save ""', ...modules.map((path) => `loadmodule ${quote(path)}`)]
  writeFileSync(configFile, `${lines.join('\n')}\n`)
  const user = [binary.path, ...modules].every((path) => isReachableBy(path, place.user)) ? place.user : undefined
  if (user !== undefined) for (const path of [directory, configFile]) chownSync(path, user.uid, user.gid)
  const supervised = await startSupervisedProcess({
    command: binary.path,
    args: [configFile],
    cwd: directory,
    env: redisEnvironment(binary.libraries),
    user,
    logFile: join(directory, 'redis.log'),
    directory,
    stopSignal: 'KILL',
  })
  try {
    const settings = { directives: new Map<string, string>(), modules: [], capabilities: [] }
    return (await askServer({ life: supervised, settings, address: socketPath, deadline, commands })) ?? { log: supervised.lastLog(200) }
  } finally {
    await supervised.stop()
  }
}
