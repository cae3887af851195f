import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { tlsOptions } from '../../servers/server-tls.js'
import type { Target } from './store-port.js'

/** SSLRequest, of “Message Formats” in PostgreSQL's manual: its length, and a code of its own. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const YES = 'S'.charCodeAt(0)

/** The server's side of a link, which may still be connecting: what is written to it waits. Where the server demands TLS the tap speaks it. */
export function dialStore(store: 'postgres' | 'redis', { host, port, tls }: Target): Socket {
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true })
  if (tls === undefined) return socket
  // Node takes any stream, its types sockets alone.
  const carrier = (store === 'postgres' ? askForTls(socket) : socket) as Socket
  return connectTls({ ...tlsOptions(tls), socket: carrier })
}

/** A stream over a connection to Postgres that begins when the server has agreed to TLS. */
function askForTls(socket: Socket): Duplex {
  let isAgreed = false
  let waiting: (() => void) | undefined
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => void socket.resume(),
    write: (bytes: Buffer, _encoding, done) => {
      const send = (): void => void socket.write(bytes, done)
      if (isAgreed) send()
      else waiting = send
    },
    final: (done) => {
      socket.end()
      done()
    },
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  socket.write(SSL_REQUEST)
  socket.once('data', (answer: Buffer) => {
    if (answer[0] !== YES) {
      stream.destroy(new Error('the server does not speak TLS any more'))
      return
    }
    isAgreed = true
    socket.on('data', (bytes: Buffer) => {
      if (!stream.push(bytes)) socket.pause()
    })
    // Nothing comes before the ClientHello; who sends more at once is no server (CVE-2021-23222).
    if (answer.length > 1) stream.destroy(new Error('the server sent data before TLS began'))
    waiting?.()
    waiting = undefined
  })
  socket.on('end', () => stream.push(null))
  socket.on('error', (error) => stream.destroy(error))
  socket.on('close', () => stream.destroy())
  return stream
}
