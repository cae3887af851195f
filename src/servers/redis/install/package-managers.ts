import { runCommand } from '../../../primitives/run-command.js'
import { isOnPath } from '../../../primitives/on-path.js'
import type { InstallContext, InstallStep } from './step.js'

const TIMEOUT_MS = 300_000

/** Package managers that start no service when they install. */
export const packageManagerSteps: readonly InstallStep[] = [
  createStep({
    program: 'brew',
    args: ['install', 'redis'],
    env: { HOMEBREW_NO_AUTO_UPDATE: '1' },
    asRoot: false,
  }),
  createStep({ program: 'apk', args: ['add', '--no-cache', 'redis'], asRoot: true }),
  createStep({ program: 'dnf', args: ['install', '-y', 'redis'], asRoot: true }),
]

interface PackageManager {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** True when it needs root, false when it refuses root. */
  readonly asRoot: boolean
}

function createStep({ program, args, env = {}, asRoot }: PackageManager): InstallStep {
  const line = [program, ...args].join(' ')
  return {
    name: line,
    obstacle: ({ variables }: InstallContext) => {
      if (!isOnPath(program, variables)) return `no ${program} here`
      if (asRoot && process.getuid?.() !== 0) return 'needs root'
      return !asRoot && process.getuid?.() === 0 ? 'refuses root' : undefined
    },
    run: async ({ variables }) => {
      await runCommand(program, { args, env: { ...variables, ...env }, timeoutMs: TIMEOUT_MS })
      return `ran '${line}'`
    },
  }
}
