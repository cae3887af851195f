/** 64 words: six bits choose one. Plain ASCII, so that a character is a byte. */
export const WORDS: readonly string[] = (
  'amber anchor arrow autumn bamboo basket beacon blossom bridge canvas carbon cedar circle cobalt copper coral cotton crystal delta ' +
  'desert ember falcon feather forest garden garnet glacier granite harbor hazel island ivory jasmine kernel lagoon lantern lemon linen ' +
  'maple marble meadow mineral mirror nectar ocean olive orchid paper pebble pepper pine planet quartz raven river saffron sierra silver ' +
  'spruce summit timber velvet violet willow'
).split(' ')

/** 64 given names. */
export const GIVEN_NAMES: readonly string[] = (
  'ada alex alice amir anna anton aya ben bo carla chen clara dan dara david elena eli emma eric eva finn fatima felix grace hana hugo ida ' +
  'ines ivan jack jana jin jonas julia kai karl lara lea leo lena liam lucas luna maja marco maria max mia mina nadia nils noah nora olga ' +
  'omar oscar paul petra rosa sam sara tom vera yara'
).split(' ')

/** 64 family names. */
export const FAMILY_NAMES: readonly string[] = (
  'abe adams ali bauer becker berg brown chang chen clark costa cruz diaz evans fischer fox garcia gray green haas hall hill hoffman ito ' +
  'jensen jones kaya khan kim klein koch lang larsen lee lopez martin meyer miller moore mori nguyen novak okafor olsen park patel perez ' +
  'popov reed rossi roth ruiz sato scott silva singh smith sousa tanaka taylor wagner weber wolf young'
).split(' ')
