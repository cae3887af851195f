import { connectRedis } from '../../../src/servers/redis/client.js'
import { startRedisServer } from '../../../src/servers/redis/start.js'
import { makePlace } from '../../servers/postgres/place.js'

/** A real Redis and a connection to it, without a suite around them. */
export interface OpenedRedis {
  readonly port: number
  readonly send: (...command: readonly (string | number)[]) => Promise<unknown>
  readonly close: () => Promise<void>
}

export async function openRedis(): Promise<OpenedRedis> {
  const server = await startRedisServer({}, makePlace())
  const connection = await connectRedis(server)
  return {
    port: server.port,
    send: (...command) => connection.send(command),
    close: async () => {
      await connection.close()
      await server.stop()
    },
  }
}
