/** What a failing expectation says. */
export function messageOf(judge: () => void): string {
  try {
    judge()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'it was met'
}

/** Without times, numbers of connections and positions, which differ from run to run. */
export function steadyMessageOf(judge: () => void): string {
  return messageOf(judge)
    .replaceAll(/\d[\d,]*(?:\.\d+)? ms/g, '# ms')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/position \d+|#\d+/g, '#')
}
