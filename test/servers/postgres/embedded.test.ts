import { defaultSearchOrigins, findEmbeddedPackage, platformPackageName } from '../../../src/servers/postgres/embedded-binaries.js'
import { describePostgresProvider } from './contract.js'

const installed = defaultSearchOrigins().some((origin) => findEmbeddedPackage(origin) !== undefined)

describePostgresProvider(
  'embedded',
  { provider: 'embedded' },
  { skip: installed ? undefined : `${platformPackageName()} is not installed` },
)
