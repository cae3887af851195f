import { readdirSync, readFileSync } from 'node:fs'
import { createDeadline } from './deadline.js'
import { HotbedError } from './error.js'
import { runCommand } from './run-command.js'

/**
 * Signals to a process and everything it has started, also what it starts meanwhile. Whoever asks knows that the process is its own, and has not ended:
 * its pid could be somebody else's then.
 */

interface TreeProcess {
  readonly pid: number
  readonly parent: number
  /** As ps(1) has it: `T` is stopped by a signal. */
  readonly state: string
}

/** A process that waits for a disk stops only after that. */
const SETTLE_MS = 10_000
const LOOK_AGAIN_MS = 1

/**
 * Stops all of them (SIGSTOP). Settles when none runs any more.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT`; those that have stopped go on then
 */
export async function freezeTree(root: number): Promise<void> {
  try {
    // The root stops first, or soon: what it has started before that is found by the next look.
    await until(root, 'to stop', async () => {
      const tree = await readTree(root)
      const held = new Set(tree.filter(({ state }) => state === 'T').map(({ parent }) => parent))
      // In a vfork the parent waits, whatever signal it gets, for a child that has been stopped.
      const running = tree.filter(({ pid, state }) => state !== 'T' && !(state === 'D' && held.has(pid)))
      for (const { pid } of running) send(pid, 'SIGSTOP')
      return running
    })
  } catch (error) {
    await thawTree(root)
    throw error
  }
}

/** Lets all of them go on (SIGCONT): the root last, so that it finds nobody who does not answer. */
export async function thawTree(root: number): Promise<void> {
  for (const { pid } of (await readTree(root)).toReversed()) send(pid, 'SIGCONT')
}

/** Ends all of them in one moment (SIGKILL): none of them sees another one go. Settles when none is left. */
export async function killTree(root: number): Promise<void> {
  await freezeTree(root)
  const tree = await readTree(root)
  for (const { pid } of tree) send(pid, 'SIGKILL')
  const pids = new Set(tree.map(({ pid }) => pid))
  await until(root, 'to end', async () => (await readProcesses()).filter(({ pid }) => pids.has(pid)))
}

async function until(root: number, what: string, left: () => Promise<readonly TreeProcess[]>): Promise<void> {
  const deadline = createDeadline(SETTLE_MS)
  for (;;) {
    const rest = await left()
    if (rest.length === 0) return
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${SETTLE_MS} ms for ${rest.map(({ pid, state }) => `process ${pid} (state ${state})`).join(', ')}, started by process ${root}, ${what}.`,
      })
    }
    // The kernel has no event for it.
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

/** `root` and what it has started, parents before their children. */
async function readTree(root: number): Promise<readonly TreeProcess[]> {
  const all = await readProcesses()
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

/** All processes of the machine but the dead that nobody has collected. */
async function readProcesses(): Promise<readonly TreeProcess[]> {
  const lines = process.platform === 'linux' ? readStatLines() : await readPsLines()
  return lines
    .map(([pid, parent, state = '']) => ({ pid: Number(pid), parent: Number(parent), state: state.slice(0, 1) }))
    .filter(({ state }) => state !== 'Z' && state !== 'X')
}

function readStatLines(): readonly (readonly string[])[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      // The name in field 2 may hold blanks and brackets: count from its end.
      const [state = '', parent = ''] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return [[name, parent, state]]
    } catch {
      // It ended in this moment.
      return []
    }
  })
}

async function readPsLines(): Promise<readonly (readonly string[])[]> {
  const { stdout } = await runCommand('ps', { args: ['-axo', 'pid=,ppid=,state='], timeoutMs: SETTLE_MS })
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
