import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isAlive, SOON, startChild } from './child.js'
import { FOREVER, makePlace, startSupervised as start, supervisingScript } from './supervised.js'

describe('a supervised process with lines for the shell', () => {
  test('becomes itself after a line for the shell, under one pid', async () => {
    const supervised = await start(makePlace(), `echo "command $$"; ${FOREVER}`, { before: 'printf %s "before "; sh -c \'echo "$PPID"\'' })
    await expect.poll(() => supervised.lastLog(), SOON).toEqual([`before ${supervised.pid}`, `command ${supervised.pid}`])
    expect(await supervised.besideEnded).toEqual({ status: 0 })
    await supervised.stop()
  })

  test('ends as the line before it did, when that failed', async () => {
    const supervised = await start(makePlace(), 'echo never', { before: 'echo why >&2; (exit 5)' })
    expect(await supervised.exited).toEqual({ status: 5 })
    expect(supervised.lastLog()).toEqual(['why'])
    await supervised.stop()
  })

  test.each([0, 7])('reports status %i of what ran beside it, and does not remove its directory before', async (status) => {
    const place = makePlace()
    const go = join(place.run, 'go')
    const beside = `until [ -e '${go}' ]; do sleep 0.01; done; [ -d '${place.directory}' ] && echo 'still there'; exit ${status}`
    const supervised = await start(place, FOREVER, { beside, logFile: join(place.run, 'log') })
    const stopping = supervised.stop()
    await supervised.exited
    expect(existsSync(place.directory)).toBe(true)

    writeFileSync(go, '')

    expect(await supervised.besideEnded).toEqual({ status })
    await stopping
    expect(supervised.lastLog()).toEqual(['still there'])
    expect(existsSync(place.directory)).toBe(false)
  })

  test('is waited for by a process that has nothing else to do, until what runs beside it has ended', async () => {
    const place = makePlace()
    const rest = `say('beside', (await supervised.besideEnded).status)`
    const child = startChild(supervisingScript(place, rest, `beside: 'sleep 0.2; exit 3'`))
    expect(await child.said('beside')).toBe('3')
    expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  })

  test('when we are killed while something is written beside it, that comes to its end and the directories go', async () => {
    const place = makePlace()
    const beside = 'n=0; while [ $n -lt 50 ]; do n=$((n + 1)); mkdir -p "$directory/$n"; sleep 0.01; done'
    const child = startChild(supervisingScript(place, 'setInterval(() => {}, 1000)', `beside: ${JSON.stringify(beside)}`))
    const pid = Number(await child.said('pid'))
    child.kill('SIGKILL')
    await child.ended

    await expect.poll(() => ({ alive: isAlive(pid), run: existsSync(place.run) }), SOON).toEqual({ alive: false, run: false })
  })
})
