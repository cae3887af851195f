import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { exchange } from '../../../src/servers/redis/exchange.js'
import { recycleRedis } from '../../../src/servers/redis/recycle.js'
import { startRedisServer } from '../../../src/servers/redis/start.js'
import type { LocalRedisServer, RedisServerOptions } from '../../../src/servers/server.js'
import { useDirectories } from './place.js'

const { makePlace } = useDirectories()

/** A server for one test; ends with it. */
async function withServer(options: RedisServerOptions, work: (server: LocalRedisServer) => Promise<void>): Promise<void> {
  const server = await startRedisServer(options, makePlace())
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

async function send(server: LocalRedisServer, ...commands: readonly string[]): Promise<readonly unknown[]> {
  return exchange(
    server.files.socketPath,
    commands.map((command) => command.split(' ')),
  )
}

async function recycled(server: LocalRedisServer): Promise<LocalRedisServer> {
  const next = await recycleRedis(server)
  if (next === undefined) throw new Error('The server was not recycled.')
  return next
}

async function connectTo(server: LocalRedisServer): Promise<Socket> {
  const socket = connect(server.port, server.host)
  await once(socket, 'connect')
  return socket
}

const SCRIPT_SHA = createHash('sha1').update('return(1)').digest('hex')
const PLACE_DIRECTIVES = ['port', 'unixsocket', 'dir', 'logfile', 'pidfile']

/** What a test could see of those before it, beside the age, the id and the memory of the process. */
async function visibleState(server: LocalRedisServer): Promise<object> {
  const [config, stats, ...others] = await send(
    server,
    'CONFIG GET *',
    'INFO all',
    'DBSIZE',
    `SCRIPT EXISTS ${SCRIPT_SHA}`,
    'FUNCTION LIST',
    'LATENCY LATEST',
    'ACL LIST',
    'ACL LOG',
    'PUBSUB CHANNELS',
    'PUBSUB NUMPAT',
  )
  const fields =
    /^(connected_clients|blocked_clients|keyspace_\w+|expired_keys|evicted_keys|errorstat_\w+|role|connected_slaves|db\d+|number_of_\w+):.*$/gm
  const directives = new Map<unknown, unknown>()
  const words = config as readonly unknown[]
  for (let at = 0; at < words.length; at += 2) directives.set(words[at], words[at + 1])
  for (const name of PLACE_DIRECTIVES) directives.delete(name)
  return { directives, stats: String(stats).match(fields), others }
}

test('a recycled server shows what a new one shows: keys, scripts, settings, logs, statistics, clients', async () => {
  const options = { config: { 'slowlog-log-slower-than': 0, 'notify-keyspace-events': 'Kx' } }
  await withServer(options, async (fresh) => {
    await withServer(options, async (used) => {
      const subscriber = await connectTo(used)
      subscriber.write('SUBSCRIBE news\r\n')
      await once(subscriber, 'data')
      const closed = once(subscriber, 'close')
      await send(
        used,
        'SET a 1',
        'LPUSH l 1',
        'SELECT 3',
        'SET b 1',
        'GET b',
        'EVAL return(1) 0',
        'SCRIPT LOAD return',
        'NOSUCH',
        'AUTH ann no',
      )

      const next = await recycled(used)

      await closed
      expect(next.pid).toBe(used.pid)
      expect(await visibleState(next)).toEqual(await visibleState(fresh))
      const slow = JSON.stringify(await send(next, 'SLOWLOG GET -1'))
      expect(slow).toContain('RESETSTAT')
      expect(slow).not.toContain('EVAL')
    })
  })
})

test('the URL of the old suite leads nowhere, and the new one to the server', async () => {
  await withServer({ config: { requirepass: 'secret' } }, async (server) => {
    const next = await recycled(server)

    expect(next.port).not.toBe(server.port)
    expect(next.url).toBe(server.url.replace(`:${server.port}`, `:${next.port}`))
    expect(next.config.get('port')).toBe(String(next.port))
    await expect(connectTo(server)).rejects.toThrow('ECONNREFUSED')
    const socket = await connectTo(next)
    socket.destroy()
  })
})

test('a server is recycled again and again', async () => {
  await withServer({}, async (server) => {
    let current = server
    for (let round = 0; round < 3; round += 1) {
      expect(await send(current, 'DBSIZE', 'SET a 1')).toEqual([0, 'OK'])
      current = await recycled(current)
    }
  })
})

test.each([
  ['a setting was changed', 'CONFIG SET maxmemory 1mb'],
  ['a setting was read, which tells the private socket', 'CONFIG GET unixsocket'],
  ['a user was made', 'ACL SETUSER ann on'],
  ['a function was loaded', "FUNCTION LOAD #!lua\u00a0name=f\nredis.register_function('f',function()end)"],
  ['clients were paused', 'CLIENT PAUSE 1 WRITE'],
  ['it was debugged', 'DEBUG SLEEP 0'],
  ['it became a replica', 'REPLICAOF 127.0.0.1 1'],
  ['it was saved', 'SAVE'],
])('a server is not recycled when %s', async (_, command) => {
  await withServer({}, async (server) => {
    await exchange(server.files.socketPath, [command.split(' ').map((word) => word.replaceAll('\u00a0', ' '))])
    expect(await recycleRedis(server)).toBeUndefined()
  })
  // Of a server that was recycled before, the statistics look different.
  await withServer({}, async (server) => {
    const next = await recycled(server)
    await exchange(next.files.socketPath, [command.split(' ').map((word) => word.replaceAll('\u00a0', ' '))])
    expect(await recycleRedis(next)).toBeUndefined()
  })
})

test('a server whose statistics were wiped by somebody else is not recycled', async () => {
  await withServer({}, async (server) => {
    const next = await recycled(server)
    await send(next, 'CONFIG SET maxmemory 1mb', 'CONFIG RESETSTAT')
    expect(await recycleRedis(next)).toBeUndefined()
  })
})

test('a server that has held much is not recycled', async () => {
  await withServer({}, async (server) => {
    await send(server, 'SETRANGE a 16000000 x', 'DEL a')
    expect(await recycleRedis(server)).toBeUndefined()
  })
})

test('a server that keeps more than keys is not recycled', async () => {
  await withServer({ config: { appendonly: 'yes' } }, async (server) => {
    expect(await recycleRedis(server)).toBeUndefined()
  })
})

test('a server that is busy is not waited for', async () => {
  await withServer({}, async (server) => {
    const busy = await connectTo(server)
    // Once it has answered, the script is read before whatever comes later.
    busy.write('PING\r\n')
    await once(busy, 'data')
    busy.write('*3\r\n$4\r\nEVAL\r\n$20\r\nwhile true do end   \r\n$1\r\n0\r\n')
    expect(await recycleRedis(server)).toBeUndefined()
    busy.destroy()
  })
})

test('a server that has ended is not recycled', async () => {
  await withServer({}, async (server) => {
    await server.stop()
    expect(await recycleRedis(server)).toBeUndefined()
  })
})
