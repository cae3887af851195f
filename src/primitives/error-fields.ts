/** What an error of a database driver tells, beside its message. All of it text; what is not there is `undefined`. */
export interface ErrorFields {
  readonly message: string
  /** SQLSTATE, or Node's code. */
  readonly code: string | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
  /** Character in the statement, from 1. */
  readonly position: string | undefined
}

/** Reads the fields without believing in any particular driver. */
export function errorFields(error: unknown): ErrorFields {
  const read = (name: string): string | undefined => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    message: read('message') ?? String(error),
    code: read('code'),
    detail: read('detail'),
    hint: read('hint'),
    position: read('position'),
  }
}

const LOST = /^(?:Connection terminated|Client (?:was closed|has encountered))/

/** True when the connection ended instead of answering: by a shutdown or pg_terminate_backend (SQLSTATE 57P), on the way (08, or a code of Node). */
export function isLostConnection(error: unknown): boolean {
  const { code, message } = errorFields(error)
  return code === undefined ? LOST.test(message) : /^(?:08...|57P..|E[A-Z]+)$/.test(code)
}
