import { errorFields } from '../primitives/error-fields.js'
import { statusOf } from '../primitives/http-status.js'

/** Why a request failed: what those that failed alike have in common, and what this one said. */
export interface Failure {
  readonly kind: string
  readonly message: string
}

const SHOWN = 120

/** By SQLSTATE or a code of Node or a library, the status of an HTTP error, or the message without its numbers. */
export function classifyError(error: unknown): Failure {
  const cause = deepest(error)
  const { code, message } = errorFields(cause)
  const status = statusOf(cause)
  const kind = code ?? (status === undefined ? shapeOf(message) : `HTTP ${status}`)
  return { kind, message: clip(message) }
}

/** An answer with a status from 400 on is a failure; whatever is no answer of HTTP is none. */
export function classifyAnswer(answer: unknown): Failure | undefined {
  const status = statusOf(answer)
  return status === undefined || status < 400 ? undefined : { kind: `HTTP ${status}`, message: clip(bodyOf(answer)) }
}

/** `fetch failed` and the like tell nothing; what they wrap does. */
function deepest(error: unknown): unknown {
  let found = error
  for (let depth = 0; depth < 5; depth += 1) {
    const { code } = errorFields(found)
    const cause: unknown = found instanceof Error ? found.cause : undefined
    if (code !== undefined || cause === undefined) return found
    found = cause
  }
  return found
}

function bodyOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return ''
  const body: unknown = 'body' in answer ? answer.body : 'payload' in answer ? answer.payload : undefined
  return typeof body === 'string' ? body : ''
}

/** Ids and times in a message would make each failure another one. */
function shapeOf(message: string): string {
  return clip(message).replace(/\d+/g, 'n')
}

function clip(message: string): string {
  const [line = ''] = message.split('\n', 1)
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`
}
