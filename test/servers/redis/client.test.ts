import { expect, onTestFinished, test } from 'vitest'
import { connectRedis, type RedisConnection } from '../../../src/servers/redis/client.js'
import { startRedisServer } from '../../../src/servers/redis/start.js'
import type { LocalRedisServer } from '../../../src/servers/server.js'
import { useDirectories } from './place.js'

const directories = useDirectories()

async function open(): Promise<{
  readonly server: LocalRedisServer
  readonly connection: RedisConnection
}> {
  const server = await startRedisServer({}, directories.makePlace())
  onTestFinished(() => server.stop())
  const connection = await connectRedis(server)
  onTestFinished(() => connection.close())
  return { server, connection }
}

test('replies are those of RESP2', async () => {
  const { send } = (await open()).connection

  expect(await send(['HSET', 'h', 'a', 1, 'b', Buffer.from('zwei')])).toBe(2)
  expect(await send(['HGETALL', 'h'])).toEqual(['a', '1', 'b', 'zwei'])
  expect(await send(['ZADD', 'z', 1.5, 'm'])).toBe(1)
  expect(await send(['ZSCORE', 'z', 'm'])).toBe('1.5')
  expect(await send(['GET', 'absent'])).toBeNull()
})

test('an error of Redis names the command', async () => {
  const { send } = (await open()).connection
  await send(['LPUSH', 'list', 'a'])

  await expect(send(['GET', 'list'])).rejects.toThrow(
    "Redis answers 'GET list' with: WRONGTYPE Operation against a key holding the wrong kind of value [ERR_HOTBED_QUERY]",
  )
})

test('the death of the server is told by the next command and does not crash the process', async () => {
  const { server, connection } = await open()

  process.kill(server.pid, 'SIGKILL')

  await expect(connection.send(['PING'])).rejects.toThrow(
    `Redis (pid ${server.pid}) ended with status 137; 'PING' has no answer. [ERR_HOTBED_REDIS_EXITED]`,
  )
})

test('a closed connection says that it is closed', async () => {
  const { connection } = await open()
  await connection.close()

  await expect(connection.send(['PING'])).rejects.toMatchObject({ code: 'ERR_HOTBED_DISPOSED' })
})

test('it can be told apart in CLIENT LIST', async () => {
  const { send } = (await open()).connection

  expect(await send(['CLIENT', 'LIST'])).toContain('name=hotbed ')
})
