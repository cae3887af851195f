/**
 * A value as it arrives in another thread: so it does not matter where it is made.
 *
 * @throws {TypeError} for what does not arrive as it was sent, such as an instance of a class
 */
export function plainValue(value: unknown): unknown {
  // Copied: a Buffer is often a window on a larger one, all of which would travel, and arrives as the plain class.
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (isPlain(value)) return value
  throw new TypeError(`it gave ${nameOf(value)}, and only plain data can come from a module`)
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol'
  if (value === null) return true
  if (Array.isArray(value)) return value.every(isPlain)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Date.prototype) return true
  return prototype === Object.prototype && Object.values(value).every(isPlain)
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype
    ? 'an object that holds functions or instances of classes'
    : 'an instance of a class'
}
