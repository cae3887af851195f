import { describe, expect, test } from 'vitest'
import { reachExternalRedis } from '../../../src/servers/redis/external/reach.js'
import { startRedisServer } from '../../../src/servers/redis/start.js'
import { useDirectories } from './place.js'
import { testEveryRedis } from './every-server.js'

describe("Redis by provider 'external'", () => {
  const directories = useDirectories()
  const starting = { server: undefined as Awaited<ReturnType<typeof startRedisServer>> | undefined }
  const url = async (): Promise<string> =>
    (starting.server ??= await startRedisServer({ config: { requirepass: 'hunter2' } }, directories.makePlace())).url

  testEveryRedis(async () => reachExternalRedis({ url: await url() }))

  test('goes on when it is stopped: it is not ours', async () => {
    const server = await reachExternalRedis({ url: await url() })
    await server.stop()
    await server.stop()
    expect((await reachExternalRedis({ url: await url() })).version).toEqual(server.version)
    await starting.server?.stop()
  })
})
