/**
 * The same number, however a trunk writes it: a mobile as 13800138000, a line with its area code as 02162345678, what is
 * dialled from abroad as 0044…. Empty where there is none. (GB/T numbering of China: mobiles are 1 and ten digits, area
 * codes begin with 0 at home.)
 */
export function bareNumber(written: string): string {
  const dialled = written.replace(/[^0-9*#+]/g, '').replace(/^\+/, '00')
  const home = dialled.replace(/^(00)?86(?=[1-9]\d{8,10}$)/, CHINA)
  if (!home.startsWith(CHINA)) return home.replace(/^0(?=1[3-9]\d{9}$)/, '')
  const number = home.slice(CHINA.length)
  return MOBILE.test(number) || SERVICE.test(number) ? number : `0${number}`
}

/** How trunks may write a bare number. */
export function spellingsOf(bare: string): string[] {
  if (bare.startsWith('00')) return [bare, `+${bare.slice(2)}`]
  if (bare.length < 10) return [bare]
  const national = bare.replace(/^0/, '')
  const abroad = ['86', '+86', '0086'].map(code => code + national)
  return [...new Set([bare, ...abroad, ...(MOBILE.test(bare) ? [`0${bare}`] : [])])]
}

const CHINA = 'CN'
const MOBILE = /^1[3-9]\d{9}$/
/** 400 and 800 are called without an area code. */
const SERVICE = /^[48]00\d{7}$/
