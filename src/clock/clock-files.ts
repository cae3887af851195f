import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a process and its children tell each other the time: in a directory, because a child must know it before its first line runs. */
export interface ClockFiles {
  /** Holds how far ahead the clock is, in milliseconds. */
  readonly offset: string
  /** A unix socket that says each change, and hears who has followed it. */
  readonly socket: string
  /** Each child that follows has an empty file in it, named after itself. */
  readonly followers: string
}

/** What the parent says: the number of the change, and how far ahead the clock is from there on. */
export interface ClockChange {
  readonly change: number
  readonly aheadMs: number
}

/** What a child says: who it is, and which change it has followed last. */
export interface Followed {
  readonly follower: string
  readonly change: number
}

export function clockFiles(directory: string): ClockFiles {
  return { offset: join(directory, 'offset'), socket: join(directory, 'clock.sock'), followers: join(directory, 'followers') }
}

export function writeOffset({ offset }: ClockFiles, aheadMs: number): void {
  // Renamed, so that nobody reads half a number.
  const draft = `${offset}.new`
  writeFileSync(draft, String(aheadMs))
  renameSync(draft, offset)
}

export function readOffset({ offset }: ClockFiles): number {
  return Number(readFileSync(offset, 'utf8'))
}
