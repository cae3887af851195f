import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import { loadViteConfig } from './vite-config.js'

/**
 * What a module exports as `stack`, else by default; `undefined` when it is neither. TypeScript is read by Node from 22.18 on, before that by Vite.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a file that cannot be loaded
 */
export async function importModule(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly stack?: unknown; readonly default?: unknown }
    return module.stack ?? module.default
  } catch (error) {
    const { code, message } = errorFields(error)
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return loadTypeScript(file, error)
    throw new HotbedError('ERR_HOTBED_OPTION', { message: `${file} could not be loaded: ${message}`, cause: error })
  }
}

/** Vite hands out default exports only. */
async function loadTypeScript(file: string, cause: unknown): Promise<unknown> {
  try {
    return await loadViteConfig(file)
  } catch {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `${file} is TypeScript, which Node ${process.versions.node} does not read.`,
      remedy: 'Export the stack by default and have vitest installed, or write the file as .mjs, or use Node 22.18 or newer.',
      cause,
    })
  }
}
