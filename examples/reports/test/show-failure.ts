/** The message of an expectation that is known to fail, which is shown as well. */
export function showFailure(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.log(`\nThis is what the failing expectation says:\n\n${message}\n`)
    return message
  }
  throw new Error('The expectation should have failed.')
}
