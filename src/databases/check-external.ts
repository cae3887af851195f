import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import type { ProviderWish } from '../servers/server.js'

/**
 * Checks `{ url }`. What the URL says is read when the server is reached; here it is not printed either, because it may hold a password.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function checkExternalProvider(store: string, provider: object): void {
  checkOptionNames(provider, store === 'redis' ? ['url', 'keyPrefix'] : ['url'], `${store}.provider`)
  const url: unknown = Reflect.get(provider, 'url')
  if (typeof url === 'string' && url !== '') return
  const variable = store === 'redis' ? 'REDIS_URL' : 'DATABASE_URL'
  if (url === undefined || url === '') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${store}.provider.url' is ${url === '' ? 'empty' : 'undefined'}: the environment variable that it comes from is not set.`,
      remedy: `Set it, such as ${variable}, or use an embedded server without it: provider: process.env.${variable} ? { url: process.env.${variable} } : 'embedded'`,
    })
  }
  throw wrongOption(`${store}.provider.url`, 'the URL of a server', url)
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for options of a server that is started, beside the URL of one that runs */
export function refuseBesideUrl(store: string, options: { readonly provider?: ProviderWish | undefined }, names: readonly string[]): void {
  if (typeof options.provider !== 'object') return
  const given = names.find((name) => Reflect.get(options, name) !== undefined)
  if (given === undefined) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${store}.${given}' is for a server that hotbed starts, and ${store}.provider.url names one that runs already.`,
    remedy: `Leave '${given}' out, or the URL.`,
  })
}
