import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/primitives/run-command.js'
import { DIST, isAlive, makeTemporary, SOON, startChild } from './child.js'

const noUsers = process.getuid?.() === 0 ? undefined : 'needs root'

describe.each([{ endWithUs: false }, { endWithUs: true }])('a command (%o)', (how) => {
  test('gives what it printed', async () => {
    const output = await runCommand('/bin/sh', { args: ['-c', 'echo "$1"; echo err >&2', 'sh', `it's "a" $b`], timeoutMs: 5_000, ...how })
    expect(output).toEqual({ stdout: `it's "a" $b\n`, stderr: 'err\n' })
  })

  test('can be a line for the shell', async () => {
    expect(
      (await runCommand(`printf '%s' "$WORD" | tr a b`, { shell: true, env: { ...process.env, WORD: 'banana' }, timeoutMs: 5_000, ...how }))
        .stdout,
    ).toBe('bbnbnb')
  })

  test('runs where it is told to, with nothing on standard input', async () => {
    const cwd = makeTemporary()
    expect((await runCommand('/bin/sh', { args: ['-c', 'pwd; cat'], cwd, timeoutMs: 5_000, ...how })).stdout).toBe(`${cwd}\n`)
  })

  test('that fails says its status and the last lines it printed', async () => {
    const failing = runCommand('/bin/sh', { args: ['-c', 'seq 1 30; exit 3'], timeoutMs: 5_000, ...how })
    await expect(failing).rejects.toMatchObject({
      code: 'ERR_HOTBED_COMMAND',
      log: Array.from({ length: 20 }, (_, index) => String(index + 11)),
      message: expect.stringMatching(
        /^The command '\/bin\/sh -c seq 1 30; exit 3' ended with status 3\. \[ERR_HOTBED_COMMAND\]\n  Last lines of its log:\n    11\n/,
      ),
    })
  })

  test('that takes too long is killed with everything it started', async () => {
    let child = ''
    const late = runCommand('sleep 1000 & echo $!; wait', { shell: true, timeoutMs: 300, onOutput: (text) => (child += text), ...how })
    await expect(late).rejects.toThrow(
      `The command 'sleep 1000 & echo $!; wait' did not end within 300 ms and was stopped. [ERR_HOTBED_COMMAND]`,
    )
    await expect.poll(() => isAlive(Number(child)), SOON).toBe(false)
  })

  test('hands on its output as it comes', async () => {
    const chunks: string[] = []
    await runCommand('/bin/sh', { args: ['-c', 'echo a'], timeoutMs: 5_000, onOutput: (text) => chunks.push(text), ...how })
    expect(chunks.join('')).toBe('a\n')
  })

  test.skipIf(noUsers)('runs as another user', async () => {
    const nobody = Number(spawnSync('id', ['-u', 'nobody']).stdout)
    const { stdout } = await runCommand('id', { args: ['-u'], user: { uid: nobody, gid: nobody }, cwd: '/', timeoutMs: 5_000, ...how })
    expect(Number(stdout)).toBe(nobody)
  })
})

test('a command that was killed says by which signal', async () => {
  await expect(runCommand('/bin/sh', { args: ['-c', 'kill -9 $$'], timeoutMs: 5_000 })).rejects.toThrow(
    `The command '/bin/sh -c kill -9 $$' ended with signal SIGKILL. [ERR_HOTBED_COMMAND]`,
  )
})

test('a command that is not there says so', async () => {
  await expect(runCommand('/nowhere/tool', { timeoutMs: 5_000 })).rejects.toThrow(
    `The command '/nowhere/tool' could not be run: spawn /nowhere/tool ENOENT. [ERR_HOTBED_COMMAND]`,
  )
})

test('a command that ends with us is killed with everything it started when we are killed', async () => {
  const child = startChild(`
    const { runCommand } = await import('${DIST}primitives/run-command.js')
    const onOutput = (text) => say('pids', text.trim())
    await runCommand('sleep 1000 & echo $$ $!; wait', { shell: true, timeoutMs: 60000, endWithUs: true, onOutput })`)
  const pids = (await child.said('pids')).split(' ').map(Number)
  expect(pids.map(isAlive)).toEqual([true, true])

  child.kill('SIGKILL')

  await expect.poll(() => pids.map(isAlive), SOON).toEqual([false, false])
})
