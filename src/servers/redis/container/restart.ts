import { errorFields } from '../../../primitives/error-fields.js'
import { HotbedError } from '../../../primitives/error.js'
import type { Container } from '../../container/container.js'
import type { FollowedServer, ServerLife } from '../../server-process.js'
import type { RedisServer } from '../../server.js'
import { sendDirectly } from '../send-directly.js'
import { KEEP_FILE } from './scripts.js'

/** Starts a server again on its port. With `savesKeys` its keys are saved before, for this start alone. */
export async function restartRedisContainer(
  server: RedisServer,
  running: FollowedServer,
  container: Container,
  savesKeys: boolean,
  launch: () => Promise<ServerLife>,
): Promise<void> {
  if (savesKeys) {
    if (running.condition() === 'killed') throw dataLost('it was killed, and had saved none')
    if (running.condition() === 'paused') await running.resume()
    // With a point to save at, TERM saves before it ends (`prepareForShutdown` of Redis).
    await sendDirectly(server, ['CONFIG', 'SET', 'save', '3600 1']).catch((error: unknown) => {
      throw dataLost(errorFields(error).message)
    })
    const { status, output } = await container.run(['touch', KEEP_FILE])
    if (status !== 0) throw dataLost(output.trim())
  }
  await running.replace('TERM', launch)
}

function dataLost(why: string): HotbedError {
  return new HotbedError('ERR_HOTBED_REDIS_EXITED', {
    message: `Redis cannot be restarted with its keys: ${why}.`,
    remedy: "Restart it without keepData, or let it save by itself: redis: { config: { appendonly: 'yes' } }.",
  })
}
