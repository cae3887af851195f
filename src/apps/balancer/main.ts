import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { createBalance, type Upstream } from './balance.js'

// The thread of one application's address: its work delays neither the test nor the tap.
const port = parentPort
const { server, serve } = createBalance()

port?.on('message', (upstreams: readonly Upstream[]) => {
  serve(upstreams)
  port.postMessage('served')
})
server.listen(0, '127.0.0.1', () => port?.postMessage((server.address() as AddressInfo).port))
