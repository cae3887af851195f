import { isHotbedError } from '../../primitives/error.js'

/** Something that hotbed needs and does not have here. */
export interface Problem {
  readonly message: string
  readonly remedy?: string
}

/** The message of an error without code and remedy, which have places of their own. */
export function describeProblem(error: unknown): Problem {
  if (!isHotbedError(error)) return { message: error instanceof Error ? error.message : String(error) }
  const [message = ''] = error.message.split(` [${error.code}]`)
  return { message: message.split(/\s*Tried:/)[0] ?? message, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) }
}
