/**
 * Ends several things one after the other. Every step runs, also after one that failed; failures are thrown together.
 */
export async function endInOrder(...ends: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const end of ends) {
    try {
      await end()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'Several things could not be ended.')
}
