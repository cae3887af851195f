import { defaultSearchOrigins, findEmbeddedPackage, platformPackageName } from '../../../src/servers/postgres/embedded-binaries.js'
import { describeLocalPostgres } from './local-contract.js'

const installed = defaultSearchOrigins().some((origin) => findEmbeddedPackage(origin) !== undefined)

describeLocalPostgres('embedded', { provider: 'embedded' }, { skip: installed ? undefined : `${platformPackageName()} is not installed` })
