import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fingerprint, type FingerprintPart } from '../../primitives/fingerprint.js'
import { monotonicMs } from '../../primitives/real-time.js'

/** What was found out about this machine. */
export type Facts = Readonly<Record<string, string>>

const FORMAT = 1

/**
 * The answer to `question`, from the cache when it was asked before: a warm start must run no process but the server itself.
 * So the question names everything the answer depends on, such as a file's path, size and time of change.
 * What `findOut` throws is not remembered. Without it, only what is known already.
 */
export function rememberFacts(cacheDirectory: string, question: FingerprintPart, findOut: () => Promise<Facts>): Promise<Facts>
export function rememberFacts(
  cacheDirectory: string,
  question: FingerprintPart,
  findOut: (() => Promise<Facts>) | undefined,
): Promise<Facts | undefined>
export async function rememberFacts(
  cacheDirectory: string,
  question: FingerprintPart,
  findOut: (() => Promise<Facts>) | undefined,
): Promise<Facts | undefined> {
  const folder = join(cacheDirectory, 'facts')
  const file = join(folder, `${fingerprint([FORMAT, question])}.json`)
  const remembered = readFacts(file)
  if (remembered !== undefined || findOut === undefined) return remembered
  const facts = await findOut()
  await mkdir(folder, { recursive: true })
  const draft = `${file}.${process.pid}-${monotonicMs()}`
  await writeFile(draft, JSON.stringify(facts))
  await rename(draft, file)
  return facts
}

/** At once: asked several times in each start, when a round through the thread pool takes 1 ms. */
function readFacts(file: string): Facts | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isFacts(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && Object.values(value).every((fact) => typeof fact === 'string')
}
