import type { Stores } from '../stores.js'

/** Lets one more in to an event without numbered seats. False: it is full. */
export type Admit = (stores: Stores, event: number) => Promise<boolean>

export function placesLeft(event: number): string {
  return `event:${event}:left`
}
