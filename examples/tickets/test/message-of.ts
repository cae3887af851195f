/** The message of an expectation that fails. Undefined: it is met. */
export function messageOf(expectation: () => void): string | undefined {
  try {
    expectation()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return undefined
}
