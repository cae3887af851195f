import { existsSync, readdirSync, statSync } from 'node:fs'
import { chmod, mkdir, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { buildOnce } from '../../primitives/build-once.js'
import { fingerprint } from '../../primitives/fingerprint.js'
import { runCommand } from '../../primitives/run-command.js'
import { copyTree } from './copy-tree.js'
import type { EmbeddedPackage, PackageLink } from './embedded-binaries.js'

/**
 * Copies the binaries of `found` into the cache, once, with the links its install script would have made, readable by everybody.
 * Nothing is ever written into node_modules.
 */
export async function makeReachableCopy(found: EmbeddedPackage, links: readonly PackageLink[], cacheDirectory: string): Promise<string> {
  const directory = join(cacheDirectory, 'binaries', `${basename(found.name)}-${found.version}-${describeContent(found.root)}`)
  await buildOnce(directory, async (draft) => {
    await mkdir(draft, { mode: 0o755 })
    await copyTree(join(found.root, 'native'), join(draft, 'native'), undefined)
    for (const { source, target } of links) {
      const link = join(draft, target)
      await rm(link, { force: true })
      await symlink(relative(dirname(target), source), link)
    }
    await runCommand('chmod', { args: ['-R', 'a+rX', draft], timeoutMs: 60_000 })
    for (const name of readdirSync(join(draft, 'native', 'bin'))) await chmod(join(draft, 'native', 'bin', name), 0o755)
  })
  return directory
}

/** Tells a package that was repaired or patched in place from what it was before. */
function describeContent(root: string): string {
  const sizes = ['bin', 'lib'].flatMap((name) => {
    const folder = join(root, 'native', name)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .toSorted()
      .map((file) => [file, statSync(join(folder, file), { throwIfNoEntry: false })?.size])
  })
  return fingerprint(sizes)
}
