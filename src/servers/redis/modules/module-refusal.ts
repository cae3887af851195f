/** A module that a server has refused to load. */
export interface ModuleRefusal {
  /** Empty where the server does not say. */
  readonly path: string
  readonly why: string
}

/** What the log of a server that ended says of a module that it could not load. */
export function readModuleRefusal(log: readonly string[]): ModuleRefusal | undefined {
  const text = log.join('\n')
  const failed = /Module (.+) failed to load: (.*?)\.?$/m.exec(text)
  if (failed !== null) return { path: failed[1] ?? '', why: failed[2] ?? '' }
  const refused = /Can't load module from (.+): server aborting/.exec(text)
  if (refused === null) return undefined
  return { path: refused[1] ?? '', why: readComplaint(log) ?? 'it cannot be started there' }
}

/** The last thing that the module itself had to say, as `<search> Redis version is too old`. */
function readComplaint(log: readonly string[]): string | undefined {
  const end = log.findIndex((line) => /Module .+ initialization failed/.test(line))
  return log
    .slice(0, Math.max(end, 0))
    .map((line) => /[*#] <(?!\s)([^>]+)> (.*)$/.exec(line))
    .findLast((match) => match !== null)
    ?.slice(1)
    .join(': ')
    .replace(/\.$/, '')
}
