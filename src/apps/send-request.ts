import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'

/** Where an instance listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface PlainRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export interface PlainAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Sends one request on a connection of its own, so that no kept one hides that an instance has gone. */
export function sendRequest(address: Address, { method, path, headers, body }: PlainRequest, timeoutMs: number): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)))
    const request = httpRequest({ ...address, method, path, headers, agent: false, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    request.once('error', reject)
    request.end(body)
  })
}

/** `http://127.0.0.1:41873`, `http://[::1]:41873` */
export function urlOf({ host, port }: Address): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
