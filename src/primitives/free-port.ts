import { createServer } from 'node:net'

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, chosen by the operating system.
 * Another process can take it before it is used, so whoever uses it tries again with another one.
 */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address()
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('The probe has no port.'))
        else resolve(address.port)
      })
    })
  })
}
