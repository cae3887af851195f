import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startSupervisedProcess, type SupervisedProcess, type SupervisedProcessOptions } from '../../src/primitives/supervised-process.js'
import { DIST, makeTemporary } from './child.js'

export interface Place {
  readonly run: string
  readonly directory: string
  readonly logFile: string
}

export function makePlace(): Place {
  const run = join(makeTemporary(), 'run')
  const directory = join(run, 'server')
  mkdirSync(directory, { recursive: true })
  return { run, directory, logFile: join(directory, 'log') }
}

export function startSupervised(
  { directory, logFile }: Place,
  script: string,
  more: Partial<SupervisedProcessOptions> = {},
): Promise<SupervisedProcess> {
  return startSupervisedProcess({ command: '/bin/sh', args: ['-c', script], directory, logFile, stopSignal: 'TERM', ...more })
}

/** For a child process of a test: it starts `sleep` under a supervisor, then does the rest. `more`: options beside those, as source. */
export function supervisingScript({ run, directory, logFile }: Place, rest: string, more = ''): string {
  return `
    const { startSupervisedProcess } = await import('${DIST}primitives/supervised-process.js')
    const supervised = await startSupervisedProcess({
      command: 'sleep', args: ['1000'], directory: ${JSON.stringify(directory)}, runDirectory: ${JSON.stringify(run)},
      logFile: ${JSON.stringify(logFile)}, stopSignal: 'TERM', ${more}
    })
    say('pid', supervised.pid)
    ${rest}`
}

export const FOREVER = 'exec sleep 1000'
