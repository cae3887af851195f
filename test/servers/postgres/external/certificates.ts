import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findUnprivilegedUser } from '../../../../src/primitives/unprivileged-user.js'
import { makeDirectory } from '../place.js'

/** Files of an authority of our own, of a server called `localhost` alone, and of a client. */
export interface Certificates {
  readonly ca: string
  readonly serverCert: string
  readonly serverKey: string
  readonly clientCert: string
  readonly clientKey: string
}

/** Made by the openssl of the system. The server's are owned by whom servers run as. */
export function makeCertificates(clientName: string): Certificates {
  const directory = makeDirectory({ owned: true })
  const user = findUnprivilegedUser()
  const file = (name: string): string => join(directory, name)
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=hotbed test authority', '-days', '2')
  const sign = (name: string, subject: string): void => {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`)
    writeFileSync(file('extensions'), `subjectAltName=DNS:${subject}\n`)
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'extensions']
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signing)
    chmodSync(file(`${name}.key`), 0o600)
  }
  sign('server', 'localhost')
  sign('client', clientName)
  chmodSync(directory, 0o755)
  if (user !== undefined) chownSync(file('server.key'), user.uid, user.gid)
  return {
    ca: file('ca.pem'),
    serverCert: file('server.pem'),
    serverKey: file('server.key'),
    clientCert: file('client.pem'),
    clientKey: file('client.key'),
  }
}
