import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SupervisedProcess } from '../../src/primitives/supervised-process.js'
import { DIST, isAlive, makeTemporary, noNamespaces, SOON, startChild } from './child.js'
import { FOREVER, makePlace, startSupervised as start, supervisingScript } from './supervised.js'

describe('a supervised process', () => {
  test('runs until it is stopped, and its directory goes with it', async () => {
    const place = makePlace()
    const supervised = await start(place, FOREVER)
    expect(isAlive(supervised.pid)).toBe(true)
    expect(supervised.exit()).toBeUndefined()

    await supervised.stop()

    expect(isAlive(supervised.pid)).toBe(false)
    expect(await supervised.exited).toEqual({ status: 128 + 15 })
    expect(supervised.exit()).toEqual({ status: 128 + 15 })
    expect({ directory: existsSync(place.directory), run: existsSync(place.run) }).toEqual({ directory: false, run: true })
  })

  test('leaves the directory of the run alone when it is stopped', async () => {
    const place = makePlace()
    const supervised = await start(place, FOREVER, { runDirectory: place.run })

    await supervised.stop()

    expect(existsSync(place.run)).toBe(true)
  })

  test('keeps its directory when that is asked for', async () => {
    const place = makePlace()
    const supervised = await start(place, FOREVER)

    await supervised.stop({ keepDirectory: true })

    expect(isAlive(supervised.pid)).toBe(false)
    expect(existsSync(place.directory)).toBe(true)
  })

  test('is stopped once, however often one asks', async () => {
    const supervised = await start(makePlace(), FOREVER)

    await Promise.all([supervised.stop(), supervised.stop()])
    await supervised.stop()

    expect(isAlive(supervised.pid)).toBe(false)
  })

  test('gets SIGKILL when it does not end in time', async () => {
    const supervised = await start(makePlace(), `trap '' TERM; echo ready; while :; do sleep 0.05; done`, { graceMs: 100 })
    await expect.poll(() => supervised.lastLog(), SOON).toEqual(['ready'])

    await supervised.stop()

    expect(await supervised.exited).toEqual({ status: 128 + 9 })
  })

  test('gets the signal again when it was not ready for the first one', async () => {
    const place = makePlace()
    const script = `trap '' TERM; echo deaf; until [ -e '${place.run}/go' ]; do sleep 0.01; done; trap 'exit 7' TERM; while :; do sleep 0.01; done`
    const supervised = await start(place, script)
    await expect.poll(() => supervised.lastLog(), SOON).toEqual(['deaf'])

    const stopping = supervised.stop()
    setTimeout(() => writeFileSync(join(place.run, 'go'), ''), 50)
    await stopping

    expect(await supervised.exited).toEqual({ status: 7 })
  })

  test('takes along what it has started, where that is asked for', async () => {
    const script = 'sleep 1000 & echo $!; exec sleep 1000'
    const pidOf = async (one: SupervisedProcess): Promise<number> => {
      await expect.poll(() => one.lastLog(), SOON).toHaveLength(1)
      return Number(one.lastLog()[0])
    }
    const [taking, leaving] = [await start(makePlace(), script, { endsGroup: true }), await start(makePlace(), script)]
    const [taken, left] = [await pidOf(taking), await pidOf(leaving)]

    await Promise.all([taking.stop(), leaving.stop()])

    await expect.poll(() => isAlive(taken), SOON).toBe(false)
    expect(isAlive(left)).toBe(true)
    process.kill(left, 'SIGKILL')
  })

  test('ends at once although it is stopped by a signal and hears no other', async () => {
    const supervised = await start(makePlace(), FOREVER, { graceMs: 1_000_000 })
    process.kill(supervised.pid, 'SIGSTOP')
    await expect.poll(() => /^State:\s+T/m.test(readFileSync(`/proc/${supervised.pid}/status`, 'utf8')), SOON).toBe(true)

    await supervised.stop()

    expect(await supervised.exited).toEqual({ status: 128 + 9 })
  })

  test('takes another signal for one stop', async () => {
    const supervised = await start(makePlace(), `trap 'exit 5' HUP; trap 'exit 6' TERM; echo ready; while :; do sleep 0.02; done`)
    await expect.poll(() => supervised.lastLog(), SOON).toEqual(['ready'])

    await supervised.stop({ signal: 'KILL' })

    expect(await supervised.exited).toEqual({ status: 137 })
  })

  test('reports that it ended by itself, with a log that can still be read', async () => {
    const place = makePlace()
    const supervised = await start(place, 'echo one; echo two >&2; echo three; exit 3')

    expect(await supervised.exited).toEqual({ status: 3 })
    expect(supervised.lastLog(2)).toEqual(['two', 'three'])
    await supervised.stop()
    expect(existsSync(place.directory)).toBe(false)
  })

  test('has an empty log before it has written one', async () => {
    const place = makePlace()
    const supervised = await start(place, FOREVER)
    expect(supervised.lastLog()).toEqual([])
    await supervised.stop()
    expect(supervised.lastLog()).toEqual([])
  })

  test('that cannot be run ends with 127 and says why in its log', async () => {
    const supervised = await start(makePlace(), '', { command: '/nowhere/server', args: [] })

    expect(await supervised.exited).toEqual({ status: 127 })
    expect(supervised.lastLog().join('\n')).toContain('/nowhere/server: not found')
    await supervised.stop()
  })

  test('that cannot be started at all is an error', async () => {
    await expect(start(makePlace(), FOREVER, { cwd: '/nowhere' })).rejects.toThrow('spawn /bin/sh ENOENT')
  })

  test('has its end script run with its directory after it has ended', async () => {
    const place = makePlace()
    writeFileSync(join(place.directory, 'fact'), 'kept by the script')
    const supervised = await start(place, FOREVER, { endScript: `cp "$1/fact" '${place.run}/copy'` })

    await supervised.stop()

    expect(readFileSync(join(place.run, 'copy'), 'utf8')).toBe('kept by the script')
  })

  test('in a directory with blanks, quotes and letters beyond ASCII is the same to it', async () => {
    const run = join(makeTemporary(), `it's "ü" $HOME`)
    const directory = join(run, 'a b')
    mkdirSync(directory, { recursive: true })
    const supervised = await start({ run, directory, logFile: join(directory, 'log') }, `echo "$0"; ${FOREVER}`)
    await expect.poll(() => supervised.lastLog(), SOON).toHaveLength(1)
    await supervised.stop()
    expect(existsSync(directory)).toBe(false)
  })

  test('ends, and its directory goes, although somebody killed its supervisor', async () => {
    const place = makePlace()
    const supervised = await start(place, FOREVER)
    const supervisor = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${supervised.pid}/status`, 'utf8'))?.[1])
    process.kill(supervisor, 'SIGKILL')
    await supervised.exited

    await supervised.stop()

    await expect.poll(() => isAlive(supervised.pid), SOON).toBe(false)
    expect(existsSync(place.directory)).toBe(false)
  })
})

describe('when the process that started it', () => {
  test.each([
    ['is killed', 'setInterval(() => {}, 1000)', 'SIGKILL'],
    ['exits', 'process.exit(4)', undefined],
    ['comes to its end', '', undefined],
    ['throws', `throw new Error('bang')`, undefined],
    ['gets Ctrl-C twice', 'setInterval(() => {}, 1000)', 'SIGINT'],
  ] as const)('%s, the process and the directories of its run go', async (_, rest, signal) => {
    const place = makePlace()
    const child = startChild(supervisingScript(place, rest))
    const pid = Number(await child.said('pid'))
    if (signal !== undefined) {
      child.kill(signal)
      child.kill(signal)
    }
    await child.ended

    await expect.poll(() => ({ alive: isAlive(pid), run: existsSync(place.run) }), SOON).toEqual({ alive: false, run: false })
  })

  test('leaves it on purpose, it lives on until somebody ends it, and then the directories go', async () => {
    const place = makePlace()
    const child = startChild(supervisingScript(place, 'supervised.leave(); await supervised.stop()'))
    const pid = Number(await child.said('pid'))
    expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
    expect({ alive: isAlive(pid), directory: existsSync(place.directory) }).toEqual({ alive: true, directory: true })

    process.kill(pid, 'SIGTERM')

    await expect.poll(() => ({ alive: isAlive(pid), run: existsSync(place.run) }), SOON).toEqual({ alive: false, run: false })
  })

  test.skipIf(noNamespaces)('stops it after its pid was given to a foreign process, that one lives on', async () => {
    const place = makePlace()
    const child = startChild(
      `
      const { spawn, execFileSync } = await import('node:child_process')
      const { writeFileSync, existsSync } = await import('node:fs')
      const { startSupervisedProcess } = await import('${DIST}primitives/supervised-process.js')
      const supervised = await startSupervisedProcess({
        command: 'sh', args: ['-c', 'exit 3'], directory: ${JSON.stringify(place.directory)}, logFile: ${JSON.stringify(place.logFile)},
        stopSignal: 'KILL',
      })
      setInterval(() => {}, 1000)
      await supervised.exited
      // Start times count in hundredths of a second.
      await new Promise((resolve) => setTimeout(resolve, 50))
      let foreign
      for (let attempt = 0; attempt < 200 && foreign?.pid !== supervised.pid; attempt += 1) {
        foreign?.kill('SIGKILL')
        writeFileSync('/proc/sys/kernel/ns_last_pid', String(supervised.pid - 1))
        foreign = spawn('sleep', ['1000'], { stdio: 'ignore' })
      }
      say('reused', foreign.pid === supervised.pid)
      await supervised.stop()
      say('lives', foreign.exitCode === null && foreign.signalCode === null && existsSync('/proc/' + foreign.pid + '/cwd'))
      foreign.kill('SIGKILL')
      process.exit()`,
      { through: ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] },
    )
    expect(await child.said('reused')).toBe('true')
    expect(await child.said('lives')).toBe('true')
    expect(await child.ended).toMatchObject({ status: 0 })
  })
})
