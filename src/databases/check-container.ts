import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { ProviderWish } from '../servers/server.js'

/** As Docker writes a reference: registry with port, path, tag and digest. */
const REFERENCE = /^[A-Za-z0-9][\w./:@-]*$/

/**
 * Checks what is wanted of a container, which `image` alone asks for, too.
 *
 * @param others options of a server that is started from binaries
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function checkContainer(
  store: string,
  options: { readonly provider?: ProviderWish | undefined; readonly image?: string | undefined },
  others: readonly string[],
): void {
  const { provider, image } = options
  if (image !== undefined && (typeof image !== 'string' || !REFERENCE.test(image))) {
    throw wrongOption(`${store}.image`, `an image such as '${store === 'redis' ? 'valkey/valkey:8' : 'postgres:17'}'`, image)
  }
  if (image !== undefined && typeof provider === 'string' && provider !== 'container') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${store}.image' is for a container, and ${store}.provider is '${provider}'.`,
      remedy: "Leave one of them out, or use provider: 'container'.",
    })
  }
  if (image === undefined && provider !== 'container') return
  const given = others.find((name) => Reflect.get(options, name) !== undefined)
  if (given === undefined) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `Option '${store}.${given}' is for a server that is started on this system, and ${store}.${image === undefined ? 'provider' : 'image'} asks for a container.`,
    remedy:
      given === 'clock'
        ? "Use provider: 'embedded' or 'system' for the tests whose clock moves."
        : `Leave '${given}' out, or use provider: 'system'.`,
  })
}
