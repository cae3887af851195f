import { expect, test } from 'vitest'
import { connectRedis } from '../../../src/servers/redis/client.js'
import type { RedisServer } from '../../../src/servers/server.js'

/** What holds of a Redis whatever its provider: that it is a process and files of ours is no part of it. */
export function testEveryRedis(running: () => Promise<RedisServer>): void {
  test('lets its URL in, and is what it says', async () => {
    const server = await running()
    const connection = await connectRedis(server)
    const info = String(await connection.send(['INFO', 'server']))
    expect(info).toContain(`${server.flavour}_version:${server.version.text}\r\n`)
    expect(await connection.send(['CONFIG', 'GET', 'databases'])).toEqual(['databases', server.config.get('databases')])
    await connection.close()
  })

  test('is controlled and has files where it is ours, and neither where it is shared', async () => {
    const { provider, control, files, pid } = await running()
    const isShared = provider === 'external'
    expect(control?.condition()).toBe(isShared ? undefined : 'running')
    expect(isShared && (files !== undefined || pid !== undefined)).toBe(false)
  })
}
