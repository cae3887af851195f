import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { glob } from 'tinyglobby'
import { HotbedError } from '../../primitives/error.js'
import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { isCommandStep, type TemplateStep } from '../template-step.js'
import { readSqlFiles } from './sql-files.js'

/**
 * What decides the result of a step, for the fingerprint of its template; `undefined` when nobody can tell,
 * because a function or command declares no `inputs`.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for `inputs` that match no file
 */
export async function readStepContent(step: TemplateStep): Promise<FingerprintPart> {
  if (typeof step === 'string') {
    const files = await readSqlFiles(step)
    return files.map(({ name, sql }) => [name, sql])
  }
  const cwd = resolve(step.cwd ?? '.')
  if (step.inputs === undefined) return undefined
  const files = await hashInputs(step.inputs, cwd)
  return isCommandStep(step) ? { command: step.command, env: step.env ?? {}, files } : { code: String(step.run), files }
}

async function hashInputs(inputs: readonly string[], cwd: string): Promise<FingerprintPart> {
  const files = await glob([...inputs], {
    cwd,
    dot: true,
    ignore: ['**/node_modules/**', '**/.git/**'],
  })
  if (files.length === 0 && inputs.length > 0) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `No file matches inputs ${inputs.map((input) => `'${input}'`).join(', ')} in ${cwd}.`,
      remedy: 'Name the files whose content decides the result, so that a change makes a new template.',
    })
  }
  return Promise.all(
    files.toSorted().map(async (file) => [
      file,
      createHash('sha256')
        .update(await readFile(resolve(cwd, file)))
        .digest('hex'),
    ]),
  )
}
