import { readFileSync } from 'node:fs'

/** Of the package; its manifest lies two levels up, compiled or not. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return manifest.version
}
