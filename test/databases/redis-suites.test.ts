import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { findUnprivilegedUser } from '../../src/primitives/unprivileged-user.js'
import { createLocalKind } from '../../src/databases/local-kind.js'
import { exchange } from '../../src/servers/redis/exchange.js'
import { startRedisServer } from '../../src/servers/redis/start.js'
import { resetRedisDirectly } from '../../src/servers/redis/reset.js'
import { useDirectories } from '../servers/redis/place.js'

const { makePlace } = useDirectories()

async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

test('a server is reset over its socket as it is over the client, also one with a password', async () => {
  const server = await startRedisServer({ config: { requirepass: 'secret', 'notify-keyspace-events': 'Kx' } }, makePlace())
  try {
    const ask = (...args: string[]) => exchange(server.files.socketPath, [['AUTH', 'secret'], args])
    await ask('SET', 'a', '1')
    await ask('CONFIG', 'SET', 'maxmemory', '100mb')

    await resetRedisDirectly(server)

    expect(await ask('DBSIZE')).toEqual(['OK', 0])
    expect(await ask('CONFIG', 'GET', 'maxmemory')).toEqual(['OK', ['maxmemory', '0']])
  } finally {
    await server.stop()
  }
})

test('a suite whose test has set a password is reset all the same', async () => {
  const { suites } = createLocalKind({}, undefined, { user: findUnprivilegedUser(), spares: 0 })
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

test('the server of an ended suite serves another one, under another URL and empty', async () => {
  const { suites } = createLocalKind({}, undefined, { user: findUnprivilegedUser(), spares: 1 })
  try {
    const first = await suites.open()
    await first.send(['SET', 'a', '1'])
    await first.dispose()
    const second = await suites.open()

    expect(second.pid()).toBe(first.pid())
    expect(second.facts.url).not.toBe(first.facts.url)
    expect(await second.send(['DBSIZE'])).toBe(0)
    await expect(connectTo(first.facts.port)).rejects.toThrow('ECONNREFUSED')
    ;(await connectTo(second.facts.port)).destroy()
    await second.dispose()
  } finally {
    await suites.close()
  }
})

test('a server that was changed, or a run without spares, ends with its suite', async () => {
  const { suites } = createLocalKind({}, undefined, { user: findUnprivilegedUser(), spares: 1 })
  const { suites: withoutSpares } = createLocalKind({}, undefined, { user: findUnprivilegedUser(), spares: 0 })
  try {
    const changed = await suites.open()
    await changed.send(['CONFIG', 'SET', 'maxmemory', '100mb'])
    const changedPid = changed.pid()
    await changed.dispose()
    const after = await suites.open()
    expect(after.pid()).not.toBe(changedPid)
    expect(await after.send(['CONFIG', 'GET', 'maxmemory'])).toEqual(['maxmemory', '0'])
    await after.dispose()

    const only = await withoutSpares.open()
    await only.dispose()
    expect(() => process.kill(only.pid() ?? 0, 0)).toThrow('ESRCH')
  } finally {
    await suites.close()
    await withoutSpares.close()
  }
})
