import type { Link } from './link.js'

/** Waits for its server. */
export function isAsking(link: Link): boolean {
  const current = link.conversation.current()
  const isPatient = current?.store === 'redis' && current.isBlocking
  return !link.isHeld() && !isPatient && (link.store === 'redis' ? current !== undefined : link.conversation.isBusy())
}
