import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Deadline } from '../../primitives/deadline.js'
import { startSupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerPlace } from '../server.js'
import { askServer } from './ask-server.js'
import { redisEnvironment, type RedisBinary } from './redis-binary.js'

/** Every directive of this very program, from a plain server of it. Only asked for after a failure. */
export async function listDirectives(binary: RedisBinary, place: ServerPlace, deadline: Deadline): Promise<readonly string[]> {
  const directory = join(place.directory, 'd')
  mkdirSync(directory, { mode: 0o700 })
  const socketPath = join(directory, 'r.sock')
  const configFile = join(directory, 'redis.conf')
  writeFileSync(configFile, `port 0\nunixsocket "${socketPath}"\nsave ""\n`)
  const plain = { directives: new Map<string, string>(), modules: [] }
  const supervised = await startSupervisedProcess({
    command: binary.path,
    args: [configFile],
    cwd: directory,
    env: redisEnvironment(binary.libraries),
    logFile: join(directory, 'redis.log'),
    directory,
    stopSignal: 'KILL',
  })
  try {
    return [...((await askServer({ life: supervised, settings: plain, address: socketPath, deadline }))?.config.keys() ?? [])]
  } finally {
    await supervised.stop()
  }
}
