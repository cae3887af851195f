import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { freezeTree, killTree, thawTree } from '../../src/primitives/process-tree.js'
import { isAlive, SOON } from './child.js'

const started: ChildProcess[] = []

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await killTree(child.pid)
  }
})

/** A shell that starts another one, and that a third: all of them start processes without a pause. */
async function startTree(): Promise<{ readonly root: number; readonly pids: readonly number[] }> {
  const busy = 'while true; do /bin/true; done'
  const script = `sh -c 'echo $$; sh -c "echo \\$\\$; ${busy}" & ${busy}' & echo $$; ${busy}`
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  started.push(child)
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  while (said.trim().split('\n').length < 3) await once(child.stdout, 'data')
  return { root: child.pid ?? 0, pids: said.trim().split('\n').map(Number) }
}

function statesOf(pids: readonly number[]): readonly (string | undefined)[] {
  return pids.map((pid) => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

test('a frozen tree has nobody who runs, and goes on when it is thawed', async () => {
  const { root, pids } = await startTree()

  await freezeTree(root)

  expect(pids).toContain(root)
  // A shell that was stopped within a vfork waits for its child, which was stopped too.
  expect(statesOf(pids)).toEqual([expect.stringMatching(/^[TD]$/), expect.stringMatching(/^[TD]$/), expect.stringMatching(/^[TD]$/)])
  await freezeTree(root)
  await thawTree(root)
  await expect.poll(() => statesOf(pids).includes('T'), SOON).toBe(false)
})

test('a tree is killed whole, also a frozen one', async () => {
  const { root, pids } = await startTree()
  await freezeTree(root)

  await killTree(root)

  expect(pids.filter(isAlive)).toEqual([])
})
