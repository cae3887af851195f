import type { SuiteParts } from '../databases/suite-parts.js'
import { whileMeasuring } from '../plan-verbs/measuring.js'
import { createLoadReport } from './create-load-report.js'
import { readLoadOptions, type LoadOptions } from './load-options.js'
import type { LoadReport } from './load-report.js'
import { observe } from './observe.js'
import type { LoadFunction } from './request.js'
import { openGenerator, type UrlTarget } from './target.js'

/** Loads a function or a URL. @throws {HotbedError} `ERR_HOTBED_OPTION` */
export async function load(parts: SuiteParts, target: LoadFunction | UrlTarget, options: LoadOptions): Promise<LoadReport> {
  const read = readLoadOptions(options)
  const generator = await openGenerator(target, 'load()')
  try {
    return createLoadReport(parts.facts, await whileMeasuring(() => observe(parts, generator, read.schedule, read)))
  } finally {
    await generator.close()
  }
}
