import { expect, test } from 'vitest'
import { findUnprivilegedUser } from '../../src/primitives/unprivileged-user.js'
import { createRedisSuites } from '../../src/databases/redis-suites.js'
import { exchange } from '../../src/servers/redis/exchange.js'
import { startRedisServer } from '../../src/servers/redis/start.js'
import { resetRedisBySocket } from '../../src/servers/redis/reset.js'
import { useDirectories } from '../servers/redis/place.js'

const { makePlace } = useDirectories()

test('a server is reset over its socket as it is over the client, also one with a password', async () => {
  const server = await startRedisServer({ config: { requirepass: 'secret', 'notify-keyspace-events': 'Kx' } }, makePlace())
  try {
    const ask = (...args: string[]) => exchange(server.socketPath, [['AUTH', 'secret'], args])
    await ask('SET', 'a', '1')
    await ask('CONFIG', 'SET', 'maxmemory', '100mb')

    await resetRedisBySocket(server)

    expect(await ask('DBSIZE')).toEqual(['OK', 0])
    expect(await ask('CONFIG', 'GET', 'maxmemory')).toEqual(['OK', ['maxmemory', '0']])
  } finally {
    await server.stop()
  }
})

test('a suite whose test has set a password is reset all the same', async () => {
  const suites = createRedisSuites({}, { user: findUnprivilegedUser(), spares: 0 })
  try {
    const suite = await suites.open()
    await suite.send(['CONFIG', 'SET', 'requirepass', 'late'])
    await suite.send(['SET', 'a', '1'])

    await suite.reset()

    expect(await suite.send(['DBSIZE'])).toBe(0)
    expect(await suite.send(['CONFIG', 'GET', 'requirepass'])).toEqual(['requirepass', ''])
    await suite.dispose()
  } finally {
    await suites.close()
  }
})
