import { debuglog } from 'node:util'

/** Printed to stderr when `NODE_DEBUG=hotbed`, else nothing: the only output of the library outside matchers and the CLI. */
export const debug: (message: string, ...values: unknown[]) => void = debuglog('hotbed')
