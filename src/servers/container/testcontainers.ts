import type * as library from 'testcontainers'
import { HotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'

export type Testcontainers = typeof library

/**
 * Loads `testcontainers`, an optional peer whose import takes most of a second: only for a stack that asks for containers.
 *
 * @throws {HotbedError} `ERR_HOTBED_CONTAINER`
 */
export async function loadTestcontainers(): Promise<Testcontainers> {
  try {
    return await import('testcontainers')
  } catch (cause) {
    const { code, message } = errorFields(cause)
    const isAbsent = code === 'ERR_MODULE_NOT_FOUND' && message.includes("'testcontainers'")
    throw new HotbedError('ERR_HOTBED_CONTAINER', {
      message: isAbsent
        ? "Provider 'container' needs the package testcontainers, which is not installed."
        : `The package testcontainers cannot be loaded: ${message}`,
      remedy: 'npm install -D testcontainers',
      cause,
    })
  }
}
