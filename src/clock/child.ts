import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { readEnvironment } from '../primitives/environment.js'
import { HotbedError } from '../primitives/error.js'
import { openMessageChannel } from '../primitives/message-channel.js'
import { clockFiles, readOffset, type ClockChange, type Followed } from './clock-files.js'
import { createMovedTime } from './moved-time.js'

/**
 * Lets `Date` and `performance.now()` of this process follow the clock of the suite that has made `directory`. Called when `hotbed/clock` is
 * imported under `HOTBED_CLOCK`, as `suite.clock.env()` sets it; elsewhere importing it does nothing.
 *
 * @throws {HotbedError} `ERR_HOTBED_DISPOSED` when that suite has ended
 */
export function followClock(directory: string): void {
  const files = clockFiles(directory)
  const follower = `${process.pid}-${threadId}`
  const file = join(files.followers, follower)
  if (!existsSync(files.offset)) {
    throw new HotbedError('ERR_HOTBED_DISPOSED', {
      message: `HOTBED_CLOCK names the clock of a suite that has ended: ${directory}`,
      remedy: 'Start the process before the suite ends, or without what suite.clock.env() gave.',
    })
  }
  // In this order: a parent that does not see us yet has written the offset that we are about to read.
  writeFileSync(file, '')
  const time = createMovedTime()
  let [date, monotonic] = [0, 0]
  const set = (aheadMs: number): void => {
    // As in the parent: what measures with it must not see it go back.
    monotonic += Math.max(0, aheadMs - date)
    date = aheadMs
    time.set({ date, monotonic })
  }
  set(readOffset(files))
  const socket = connect(files.socket)
  // The clock keeps no process alive.
  socket.unref()
  const channel = openMessageChannel(socket, (message) => {
    const { change, aheadMs } = message as ClockChange
    set(aheadMs)
    channel.send({ follower, change } satisfies Followed)
  })
  process.on('exit', () => rmSync(file, { force: true }))
}

const { clock } = readEnvironment()
if (clock !== undefined) followClock(clock)
