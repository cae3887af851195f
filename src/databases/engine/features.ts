import { CAPABILITIES, type Capabilities, type Capability } from './capabilities.js'

/** Something of hotbed, with what it needs of a server. */
interface Feature {
  readonly name: string
  readonly needs: readonly Capability[]
  /** Where that works, this is not missed. */
  readonly isNeedlessWith?: string
  /** What there is instead, where something is missing. */
  readonly otherwise: string
}

/** What the first feature is called. */
export const CLONES = 'a database for each suite, cloned from a template that is made once'

/** What is done over connections. What needs the server's files or its process is in no such list: no URL gives them. */
const FEATURES: readonly Feature[] = [
  {
    name: CLONES,
    needs: ['createDatabase', 'comments', 'templates', 'rename', 'forcedDrop', 'endSessions'],
    otherwise: 'a schema for each suite, filled anew',
  },
  {
    name: 'at least a schema for each suite',
    needs: ['createSchema', 'searchPath'],
    isNeedlessWith: CLONES,
    otherwise: 'nothing: the server is refused',
  },
  { name: 'templates built once by several processes', needs: ['advisoryLocks'], otherwise: 'each builds it, one of them is kept' },
  { name: 'datasets: defineDataset, grow, hotbed seed', needs: ['copyBinary', 'sequences'], otherwise: 'seeds by SQL or by a function' },
  { name: 'record, rules, races, load: what goes over the wire', needs: [], otherwise: '' },
  { name: 'plans of what really ran, in recordings', needs: ['autoExplain', 'explainJson'], otherwise: 'explain() of single statements' },
  { name: 'explain, planStability and the matchers of plans', needs: ['explainJson'], otherwise: 'counts of statements and rows' },
  { name: 'proveFix, adviseIndexes', needs: ['explainJson', 'statistics'], otherwise: 'the smells of a plan' },
  { name: 'inspectSchema', needs: ['statistics'], otherwise: 'nothing' },
  { name: 'overlap and explore, which tell who waits for a lock', needs: ['blockingPids'], otherwise: 'gates by statement' },
  { name: 'control.limit({ connections })', needs: ['connectionLimit'], otherwise: 'rules that refuse connections' },
]

/** What works on a server, and what does not and why. Plain data. */
export interface FeatureReport {
  readonly name: string
  readonly works: boolean
  /** Statements that are missing, with what the server said. */
  readonly missing: readonly { readonly what: string; readonly why: string }[]
  readonly otherwise: string
}

export function judgeFeatures(capabilities: Capabilities): readonly FeatureReport[] {
  const missingOf = ({ needs }: Feature): FeatureReport['missing'] =>
    needs.flatMap((need) => {
      const can = capabilities[need]
      return can === true ? [] : [{ what: CAPABILITIES[need], why: can }]
    })
  const working = new Set(FEATURES.filter((feature) => missingOf(feature).length === 0).map(({ name }) => name))
  return FEATURES.map((feature) => {
    const { name, isNeedlessWith, otherwise } = feature
    const isNeedless = isNeedlessWith !== undefined && working.has(isNeedlessWith)
    return { name, works: isNeedless || working.has(name), missing: isNeedless ? [] : missingOf(feature), otherwise }
  })
}
