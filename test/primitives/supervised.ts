import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startSupervisedProcess, type SupervisedProcess, type SupervisedProcessOptions } from '../../src/primitives/supervised-process.js'
import { makeTemporary } from './child.js'

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

export const FOREVER = 'exec sleep 1000'
