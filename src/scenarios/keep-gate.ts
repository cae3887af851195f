import type { Rule } from '../tap-verbs/intercept.js'
import type { ScenarioHost } from './scenario.js'
import type { Participants } from './participants.js'

/**
 * Opens a gate as soon as nobody else can come to it: the others have settled, or ask nothing new of either store for so long. Locks are seen
 * by the gate itself. Gives the function that ends the watch.
 */
export function keepGate(
  { parts: { verbs } }: ScenarioHost,
  gate: Rule,
  participants: Participants<unknown>,
  { quietMs, deadlineMs }: { readonly quietMs: number; readonly deadlineMs: number },
): () => void {
  let isOver = false
  /** How many it holds; nothing when it is open. Asked of the tap, so it is asked no more once that is known. */
  const lookAtGate = async (): Promise<number | undefined> => {
    if (isOver) return undefined
    const { outcome, holding } = await gate.state()
    isOver ||= outcome !== undefined
    return isOver ? undefined : holding
  }
  const openIfAlone = async (): Promise<void> => {
    const holding = await lookAtGate()
    if (holding !== undefined && holding > 0 && participants.unsettled() <= holding) await gate.release('the others have ended')
  }
  const openIfQuiet = async (): Promise<void> => {
    while (!isOver) {
      const seen = await verbs.tap('untilQuiet', [quietMs, deadlineMs])
      // What this process has under way is heard of only when it comes to send it.
      for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => void setImmediate(resolve))
      const [holding, count] = await Promise.all([lookAtGate(), verbs.tap('progress', [])])
      if (holding !== undefined && holding > 0 && count === seen) await gate.release('the others ask nothing new')
    }
  }
  // A rule that has gone meanwhile, or a suite, has no gate to open.
  participants.onSettled(() => void openIfAlone().catch(() => {}))
  openIfAlone().catch(() => {})
  openIfQuiet().catch(() => {})
  return () => (isOver = true)
}
