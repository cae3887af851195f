import type { Redis } from 'ioredis'
import Redlock from 'redlock'
import type { SeatRequest } from './book-seat.js'

/** As long as a request may take at most. One that is paused for longer goes on without the lock, and does not know. */
const LEASE_MS = 10_000

/** Runs `work` while nobody else has the lock of the seat. */
export function withSeatLock<Result>(
  redis: Redis,
  { event, seat }: SeatRequest,
  work: (signal: { readonly aborted: boolean }) => Promise<Result>,
): Promise<Result> {
  // A lock that is lost stays lost: only taking it is worth another try.
  const redlock = new Redlock([redis], { retryCount: 0 })
  return redlock.using([`lock:seat:${event}:${seat}`], LEASE_MS, { retryCount: 200, retryDelay: 10, retryJitter: 5 }, work)
}
