import { makeCache } from './place.js'
import { findSystemBinaries } from '../../../src/servers/postgres/system-binaries.js'
import { describeLocalPostgres } from './local-contract.js'

const found = await findSystemBinaries(process.env, makeCache())

describeLocalPostgres(
  'system',
  { provider: 'system' },
  { skip: found.length > 0 ? undefined : 'this system has no directory with postgres and initdb' },
)
