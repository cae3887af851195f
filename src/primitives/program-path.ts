import { delimiter, resolve } from 'node:path'

/** PATH with the programs of installed packages, as a script of package.json has it: of `cwd` and of the working directory. */
export function pathWithPackages(cwd: string, path: string = process.env['PATH'] ?? ''): string {
  return [resolve(cwd, 'node_modules/.bin'), resolve('node_modules/.bin'), path].join(delimiter)
}
