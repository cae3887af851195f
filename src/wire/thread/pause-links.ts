import type { Link } from './link.js'

/** What waits for another client (BLPOP) is known as such only while somebody records, or the clock is ahead. */
const OWED_MS = 25

/** Stops taking anything from the clients of these links; settles when what their server has already is answered, or some time later. */
export async function pauseLinks(links: readonly Link[]): Promise<void> {
  for (const link of links) link.setPaused(true)
  const end = performance.now() + OWED_MS
  while (performance.now() < end && links.some(({ conversation }) => conversation.isOwed())) {
    await new Promise((resolve) => void setImmediate(resolve))
  }
}
