import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { findFreePort } from '../../src/primitives/free-port.js'

test('a port that was found can be used', async () => {
  const port = await findFreePort()
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  expect(server.address()).toMatchObject({ port })
  await new Promise((resolve) => server.close(resolve))
})
