import { wrongOption } from '../primitives/options.js'
import { createFunctionGenerator, type Generator } from './generator.js'
import type { LoadFunction } from './request.js'

/** What is asked of by HTTP. */
export interface HttpRequest {
  readonly url: string | URL
  /** @default 'GET' */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Connections that are kept open, at most. @default 100 */
  readonly connections?: number
}

export type UrlTarget = string | URL | HttpRequest

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export async function openGenerator(target: LoadFunction | UrlTarget, where: string): Promise<Generator> {
  if (typeof target === 'function') return createFunctionGenerator(target)
  throw wrongOption(where, 'a function that makes one request, or a URL', target)
}
