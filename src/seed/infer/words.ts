import { FAMILY_NAMES, GIVEN_NAMES } from '../generators/words.js'

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const FIRST_NAMES: readonly string[] = GIVEN_NAMES.map(capital)
export const LAST_NAMES: readonly string[] = FAMILY_NAMES.map(capital)
export const CITIES: readonly string[] =
  'Amsterdam Athens Auckland Barcelona Beijing Berlin Bogota Boston Brussels Cairo Chicago Copenhagen Delhi Dublin Geneva Hamburg Hanoi Helsinki Istanbul Jakarta Kyoto Lagos Lima Lisbon London Lyon Madrid Manila Melbourne Milan Montreal Mumbai Munich Nairobi Oslo Paris Porto Prague Quito Rome Santiago Seoul Singapore Stockholm Sydney Tallinn Tokyo Toronto Vienna Warsaw Zurich'.split(
    ' ',
  )
export const COUNTRIES: readonly string[] =
  'Argentina,Australia,Austria,Belgium,Brazil,Canada,Chile,China,Colombia,Denmark,Egypt,Finland,France,Germany,Greece,India,Indonesia,Ireland,Italy,Japan,Kenya,Mexico,Morocco,Netherlands,New Zealand,Nigeria,Norway,Peru,Poland,Portugal,Singapore,South Africa,South Korea,Spain,Sweden,Switzerland,Turkey,United Kingdom,United States,Vietnam'.split(
    ',',
  )
export const COUNTRY_CODES: readonly string[] =
  'AR AU AT BE BR CA CL CN CO DK EG FI FR DE GR IN ID IE IT JP KE MX MA NL NZ NG NO PE PL PT SG ZA KR ES SE CH TR GB US VN'.split(' ')
export const CURRENCIES: readonly string[] = 'EUR USD GBP JPY CHF SEK NOK DKK PLN CAD AUD BRL INR CNY'.split(' ')
