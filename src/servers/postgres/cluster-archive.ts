import { existsSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { runCommand } from '../../primitives/run-command.js'
import { shellQuote } from '../../primitives/shell-quote.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { ACCESS_FILE } from './access.js'
import { COPY_TIMEOUT_MS, copyEnvironment, hasGnuTools } from './copy-tree.js'
import { KEEP_CACHES } from './relation-caches.js'
import { SETTINGS_FILE } from './settings-file.js'

/**
 * A kept cluster is a directory with these two files, or with the files of the cluster themselves. In two, because a server starts without its databases: they are unpacked
 * while it does.
 */
const CLUSTER_FILE = 'cluster.tar'
const DATABASES_FILE = 'databases.tar'
const DATABASES = './base'
/** The major version; in every cluster. */
export const VERSION_FILE = 'PG_VERSION'
/** In units of 512 bytes. By 256 KiB instead of 10 KiB a cluster of 200 MB is read in 110 instead of 190 ms. */
const BLOCKS = ['-b', '512']

/** What belongs to one start of a server: written anew by each. */
export const OF_ONE_START: readonly string[] = ['postmaster.pid', 'postmaster.opts', SETTINGS_FILE, ACCESS_FILE]

/**
 * True when a cluster in `dataDirectory` is better kept at `target` as an archive: where they lie on different file systems, so that no copy can be a reflink. An empty
 * cluster is then made of one file in 27 ms, all of them processor time, where copying 860 took 59, and one of 200 MB in 108 instead of 156.
 */
export function isBetterArchived(dataDirectory: string, target: string): boolean {
  return hasGnuTools() && statSync(dataDirectory).dev !== statSync(dirname(target)).dev
}

/** Writes the files of a stopped cluster into archives in `directory`, which exists and which the user may write. Its version stays readable. */
export async function writeArchives(dataDirectory: string, directory: string, user: ProcessUser | undefined): Promise<void> {
  const elsewhere = [...OF_ONE_START.map((name) => `./${name}`), `${DATABASES}/*`].map((path) => `--exclude=${path}`)
  await Promise.all([
    copyFile(join(dataDirectory, VERSION_FILE), join(directory, VERSION_FILE)),
    runTar(['-cf', join(directory, CLUSTER_FILE), KEEP_CACHES, ...elsewhere, '.'], dataDirectory, user),
    runTar(['-cf', join(directory, DATABASES_FILE), KEEP_CACHES, DATABASES], dataDirectory, user),
  ])
}

/** Lines for the shell that make a cluster of its archives, run by the supervisor of the server: each process that we start ourselves costs 6 ms. */
export interface Unpacking {
  /** Where the archives are. */
  readonly image: string
  /** Before the server. */
  readonly before: string
  /** Beside it, and before anybody connects. */
  readonly beside: string
}

/** How a cluster is unpacked to a directory that exists and that the user may write; `undefined`: it is kept as its files. */
export function describeUnpacking(image: string, dataDirectory: string): Unpacking | undefined {
  if (!existsSync(join(image, CLUSTER_FILE))) return undefined
  const unpack = (name: string): string =>
    `LC_ALL=C timeout -s KILL ${COPY_TIMEOUT_MS / 1000} tar ${BLOCKS.join(' ')} -xmf ${shellQuote(join(image, name))} -C ${shellQuote(dataDirectory)}`
  return { image, before: unpack(CLUSTER_FILE), beside: unpack(DATABASES_FILE) }
}

/** Why a server did not start: its archives could not be unpacked, as is known of the databases, and as the log says of the rest. */
export function explainUnpacking({ image }: Unpacking, isWhole: boolean, log: readonly string[]): HotbedError | undefined {
  if (isWhole && !log.some((line) => line.startsWith('tar: '))) return undefined
  return new HotbedError('ERR_HOTBED_POSTGRES_START', {
    message: `The cluster in ${image} could not be unpacked.`,
    remedy: `If it is damaged, remove it: rm -rf ${shellQuote(image)}`,
    log,
  })
}

async function runTar(args: readonly string[], cwd: string, user: ProcessUser | undefined): Promise<void> {
  await runCommand('tar', { args: [...BLOCKS, ...args], cwd, user, timeoutMs: COPY_TIMEOUT_MS, env: copyEnvironment() })
}
