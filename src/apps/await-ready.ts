import { createDeadline } from '../primitives/deadline.js'
import { errorFields } from '../primitives/error-fields.js'
import { sendRequest, type Address } from './send-request.js'
import { endedEarly, notReady, type Startup } from './startup-failure.js'

/** A path that is asked, or what a line of the log looks like. */
export type ReadySign = string | RegExp | undefined

/** Nothing tells that a foreign process has begun to listen: it is asked again. */
const AGAIN_MS = 20
const HOSTS = ['127.0.0.1', '::1']
const LOG_LINES = 500

/**
 * Waits until an instance is ready, and gives the address that it listens on.
 *
 * @throws {HotbedError} `ERR_HOTBED_COMMAND` when it ends before; `ERR_HOTBED_TIMEOUT`; and the reason of `givenUp`
 */
export async function awaitReady(startup: Startup, sign: ReadySign, timeoutMs: number, givenUp: AbortSignal): Promise<Address> {
  const { supervised, port } = startup
  const giveUp = new Promise<undefined>((resolve) => givenUp.addEventListener('abort', () => resolve(undefined), { once: true }))
  const deadline = createDeadline(timeoutMs)
  let last = ''
  for (;;) {
    for (const host of HOSTS) {
      const address = { host, port }
      // Of a process that has ended, somebody else may have the port.
      const seen = await Promise.race([look(sign, address, startup, deadline.remainingMs()), supervised.exited, giveUp])
      if (supervised.exit() !== undefined || typeof seen === 'object') throw endedEarly(startup)
      if (seen === undefined || givenUp.aborted) throw givenUp.reason
      if (seen === READY) return address
      if (seen !== '' && (seen !== UNANSWERED || last === '')) last = seen
      if (deadline.isOver()) throw notReady(startup, timeoutMs, last)
    }
    await Promise.race([supervised.exited, new Promise((resolve) => void setTimeout(resolve, AGAIN_MS))])
  }
}

const READY = 'ready'
const UNANSWERED = 'it took the request, and did not answer'

/** READY, or what there was instead. */
async function look(sign: ReadySign, address: Address, { supervised }: Startup, remainingMs: number): Promise<string> {
  if (sign instanceof RegExp) return supervised.lastLog(LOG_LINES).some((line) => sign.test(line)) ? READY : ''
  const path = sign ?? '/'
  try {
    const { status } = await sendRequest(address, { method: 'GET', path, headers: {}, body: undefined }, remainingMs)
    // Not every application has something at /, but a path that was named should be there.
    return status < (sign === undefined ? 500 : 400) ? READY : `GET ${path} was answered with ${status}`
  } catch (error) {
    const { code, message } = errorFields(error)
    if (code === 'ECONNREFUSED' || code === 'EADDRNOTAVAIL') return ''
    return code === 'ABORT_ERR' ? UNANSWERED : `GET ${path}: ${code ?? message}`
  }
}
