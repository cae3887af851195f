import { createRequire } from 'node:module'
import { runInThisContext } from 'node:vm'
import type * as allMatchers from './all-matchers.js'

type AllMatchers = typeof allMatchers

let loaded: AllMatchers | undefined

/**
 * The matchers, loaded by whoever needs them first: they are the larger part of hotbed, and most test files use few of them. Matchers are
 * synchronous, so this is, too.
 */
export function loadMatchers(): AllMatchers {
  loaded ??= createRequire(import.meta.url)('#matchers') as AllMatchers
  return loaded
}

/**
 * Loads them now, where it cannot be done later: from source, in the contexts of vitest's `vmThreads` and `vmForks`, whose classes `require` does not
 * know, and where `require` reads no ECMAScript modules.
 */
export async function prepareMatchers(): Promise<void> {
  const isBuilt = import.meta.url.endsWith('.js')
  const isWholeProcess = runInThisContext('Object') === Object
  const readsModules = (process.features as { readonly require_module?: boolean }).require_module === true
  if (!(isBuilt && isWholeProcess && readsModules)) loaded ??= await import('./all-matchers.js')
}
