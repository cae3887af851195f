import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import type { SupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerProcess } from '../server-process.js'
import type { RedisRestart, LocalRedisServer } from '../server.js'
import { sendDirectly } from './send-directly.js'

/**
 * See `RedisServerControl.restart`.
 *
 * @param launch gives nothing when somebody else has taken the port
 * @throws {HotbedError} `ERR_HOTBED_REDIS_EXITED`, `ERR_HOTBED_REDIS_START`
 */
export async function restartRedis(
  server: LocalRedisServer,
  running: ServerProcess,
  { port, keepData }: RedisRestart,
  launch: () => Promise<SupervisedProcess | undefined>,
): Promise<void> {
  const file = join(dirname(server.files.socketPath), server.config.get('dbfilename') ?? 'dump.rdb')
  const savesItself = server.config.get('save') !== '' || server.config.get('appendonly') === 'yes'
  if (keepData && !savesItself) {
    if (running.condition() === 'killed') throw dataLost('it was killed, and had saved none')
    if (running.condition() === 'paused') await running.resume()
    // With a point to save at, TERM saves before it ends (`prepareForShutdown` of Redis).
    await sendDirectly(server, ['CONFIG', 'SET', 'save', '3600 1'])
  }
  await running.replace('TERM', async () => {
    if (keepData && !savesItself && !existsSync(file)) throw dataLost('it could not save them', running.lastLog())
    const supervised = await launch()
    if (supervised !== undefined) return supervised
    throw new HotbedError('ERR_HOTBED_REDIS_START', {
      message: `Port ${port} of 127.0.0.1 was taken by another process during the restart.`,
    })
  })
  // Saved for this start alone.
  if (!savesItself) await rm(file, { force: true })
}

function dataLost(why: string, log: readonly string[] = []): HotbedError {
  return new HotbedError('ERR_HOTBED_REDIS_EXITED', {
    message: `Redis cannot be restarted with its keys: ${why}.`,
    remedy: "Restart it without keepData, or let it save by itself: redis: { config: { appendonly: 'yes' } }.",
    log,
  })
}
