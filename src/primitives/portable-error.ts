/** An error as plain data: its own fields survive, which V8's serialisation of errors drops. */
export interface PortableError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause: PortableError | undefined
}

/** Deeper causes are cut. */
const MAX_DEPTH = 5

export function packError(error: unknown, depth = 0): PortableError {
  if (!(error instanceof Error))
    return {
      name: 'Error',
      message: String(error),
      stack: undefined,
      fields: {},
      cause: undefined,
    }
  const fields = Object.fromEntries(Object.entries(error).filter(([, value]) => isPlain(value)))
  const cause = error.cause === undefined || depth >= MAX_DEPTH ? undefined : packError(error.cause, depth + 1)
  return { name: error.name, message: error.message, stack: error.stack, fields, cause }
}

/** The error again; `HotbedError` is known by its code, so its class does not matter. */
export function unpackError(packed: PortableError): Error {
  const error = new Error(packed.message, packed.cause === undefined ? undefined : { cause: unpackError(packed.cause) })
  Object.assign(error, packed.fields)
  Object.defineProperty(error, 'name', {
    value: packed.name,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  if (packed.stack !== undefined) error.stack = packed.stack
  return error
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
}
