import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'

/** An HTTP response, as a third party gives it. */
export interface HttpAnswer {
  /** From 200 to 599. */
  readonly status: number
  /** @default `Content-Type`, where there is a body */
  readonly headers?: Readonly<Record<string, string | number>>
  /** A text or bytes as they are, anything else as JSON. @default none */
  readonly body?: unknown
}

/** The same as plain data, which crosses threads: names in small letters, the body as latin1 bytes. */
export interface PlainHttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What a header may hold: RFC 9110, 5.5. */
const VALUE = /^[\t\u0020-\u007E\u0080-\u00FF]*$/
/** RFC 9110, 6.4.1. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304])

/**
 * Reads an answer. `option` is its name in messages.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what no server could send
 */
export function readHttpAnswer(answer: unknown, option: string): PlainHttpAnswer {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw wrongOption(option, '{ status, headers, body }', answer)
  checkOptionNames(answer, ['status', 'headers', 'body'], option)
  const { status, headers = {}, body }: { readonly status?: unknown; readonly headers?: unknown; readonly body?: unknown } = answer
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw wrongOption('status', 'a whole number from 200 to 599', status)
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) throw wrongOption('headers', 'texts by name', headers)
  if (body !== undefined && WITHOUT_BODY.has(status)) {
    throw new HotbedError('ERR_HOTBED_OPTION', { message: `${option} has a body, and a ${status} has none.`, remedy: 'Leave out body.' })
  }
  const named = Object.entries(headers).map(([name, value]) => readHeader(name, value))
  const { bytes, type } = readBody(body)
  return { status, headers: { ...(type === undefined ? {} : { 'content-type': type }), ...Object.fromEntries(named) }, body: bytes }
}

function readHeader(name: string, value: unknown): readonly [string, string] {
  if (!NAME.test(name)) throw wrongOption('headers', 'texts by name', name)
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !VALUE.test(text)) throw wrongOption(name, "a header's text", value)
  return [name.toLowerCase(), text]
}

function readBody(body: unknown): { readonly bytes: string; readonly type: string | undefined } {
  if (body === undefined) return { bytes: '', type: undefined }
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body).toString('latin1'), type: 'application/octet-stream' }
  const isText = typeof body === 'string'
  const text = isText ? body : JSON.stringify(body)
  if (text === undefined) throw wrongOption('body', 'a text, bytes, or what JSON can hold', body)
  return { bytes: Buffer.from(text).toString('latin1'), type: isText ? 'text/plain; charset=utf-8' : 'application/json' }
}
