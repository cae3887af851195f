/** The message of an expectation that is known to fail. */
export function messageOf(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('The expectation should have failed.')
}
