import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import { openMessageChannel, type MessageChannel } from '../primitives/message-channel.js'
import { createRunDirectory } from '../primitives/run-directory.js'
import { clockFiles, writeOffset, type ClockChange, type Followed } from './clock-files.js'

/** The clocks of child processes that follow a suite's. */
export interface ChildClocks {
  /** What a child process needs in its environment. */
  readonly env: Readonly<Record<'HOTBED_CLOCK' | 'NODE_OPTIONS', string>>
  /**
   * Settles when every child that lives has followed, with their number.
   *
   * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` naming those that have not
   */
  readonly set: (aheadMs: number) => Promise<number>
  readonly end: () => Promise<void>
}

const NEEDED_BYTES = 65_536
const FOLLOW_MS = 5_000
/** How often it is looked whether a child that says nothing still lives. */
const LOOK_MS = 50

/** @param followMs how long a child may take to follow */
export async function openChildClocks(aheadMs: number, followMs: number = FOLLOW_MS): Promise<ChildClocks> {
  const directory = await createRunDirectory({ neededBytes: NEEDED_BYTES, user: undefined })
  const files = clockFiles(directory.path)
  mkdirSync(files.followers)
  writeOffset(files, aheadMs)
  let now: ClockChange = { change: 1, aheadMs }
  const channels = new Map<MessageChannel, string | undefined>()
  /** The last change that each has followed. */
  const followed = new Map<string, number>()
  let wake = (): void => {}

  const server = createServer((socket: Socket) => {
    socket.unref()
    const channel = openMessageChannel(socket, (message) => {
      const { follower, change } = message as Followed
      channels.set(channel, follower)
      followed.set(follower, change)
      wake()
    })
    channels.set(channel, undefined)
    channel.send(now)
    void channel.closed.then(() => {
      const follower = channels.get(channel)
      channels.delete(channel)
      if (follower !== undefined) rmSync(join(files.followers, follower), { force: true })
      wake()
    })
  })
  await new Promise<void>((listening, reject) => {
    server.once('error', reject)
    server.listen(files.socket, listening)
  })
  server.unref()

  const behind = (): readonly string[] =>
    readdirSync(files.followers).filter((follower) => followed.get(follower) !== now.change && isAlive(follower))
  return {
    env: { HOTBED_CLOCK: directory.path, NODE_OPTIONS: addImport(process.env['NODE_OPTIONS']) },
    set: async (ahead) => {
      writeOffset(files, ahead)
      now = { change: now.change + 1, aheadMs: ahead }
      for (const channel of channels.keys()) channel.send(now)
      const deadline = createDeadline(followMs)
      for (let late = behind(); late.length > 0; late = behind()) {
        if (deadline.isOver()) throw lateError(late, followMs)
        await Promise.race([
          new Promise<void>((resolve) => (wake = resolve)),
          new Promise<void>((resolve) => void setTimeout(resolve, LOOK_MS)),
        ])
      }
      return [...followed.values()].filter((change) => change === now.change).length
    },
    end: async () => {
      server.close()
      for (const channel of channels.keys()) channel.close()
      await directory.remove()
    },
  }
}

/** The built file, also where this one is loaded from source: a child is a plain Node. */
function addImport(options = ''): string {
  const hook = pathToFileURL(createRequire(import.meta.url).resolve('hotbed/clock')).href
  return `${options} --import=${hook}`.trim()
}

function isAlive(follower: string): boolean {
  try {
    process.kill(Number.parseInt(follower, 10), 0)
    return true
  } catch {
    return false
  }
}

function lateError(followers: readonly string[], followMs: number): HotbedError {
  const processes = followers.map((follower) => follower.replace(/-0$/, '').replace('-', ', thread ')).join('; ')
  return new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: `Waited ${followMs} ms for child processes to follow the clock, which these did not: ${processes}.`,
    remedy: 'A process follows when its event loop turns: it is stopped, or busy with one piece of work.',
  })
}
