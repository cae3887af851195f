import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The package whose code has called `callee`: the name in the nearest package.json above the caller's file. Nothing for code that is in no package,
 * or that Node itself has called.
 */
export function findCallingPackage(callee: (...params: never[]) => unknown): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error
  const holder: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = 1
    Error.prepareStackTrace = (_, [site]) => site?.getFileName() ?? undefined
    Error.captureStackTrace(holder, callee)
    const { stack: file } = holder
    return typeof file === 'string' ? packageOf(file) : undefined
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit })
  }
}

/** Files are asked for again and again. */
const KNOWN = new Map<string, string | undefined>()

function packageOf(file: string): string | undefined {
  if (file.startsWith('node:')) return undefined
  const directory = dirname(file.startsWith('file:') ? fileURLToPath(file) : file)
  if (!KNOWN.has(directory)) KNOWN.set(directory, readNameAbove(directory))
  return KNOWN.get(directory)
}

function readNameAbove(directory: string): string | undefined {
  const file = join(directory, 'package.json')
  const name = existsSync(file) ? readName(file) : undefined
  if (name !== undefined) return name
  const parent = dirname(directory)
  return parent === directory ? undefined : readNameAbove(parent)
}

/** Folders of a package may hold a package.json without a name, which says only what module system they have. */
function readName(file: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown }
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
